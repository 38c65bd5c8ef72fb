#include "owner.h"

#include "log.h"

#include <crypto/signed_image.h>
#include <keys/owner_key_hash.h>

/* The build's owner, until `openvsm-sign set-owner` writes another over it: volatile, its value is not the compiler's to know. */
static const volatile struct image_owner owner_block __attribute__((section(IMAGE_OWNER_SECTION), aligned(4096), used)) = {
    .magic = IMAGE_OWNER_MAGIC,
    .version = IMAGE_OWNER_VERSION,
    .key_hash = OWNER_KEY_HASH,
};

bool owner_load(struct image_owner *owner)
{
    *owner = owner_block;
    if (!image_owner_ok(owner)) {
        log_error("the owner's key in this program is malformed");
        return false;
    }
    return true;
}
