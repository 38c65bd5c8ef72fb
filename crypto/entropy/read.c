#include <crypto/entropy.h>

#include <lib/string.h>

/* One per address space: the secure kernel's, or a trustlet's own. */
static struct entropy processor_entropy;
static bool opened;

bool entropy_read(void *to, size_t size)
{
    if (!opened) {
        opened = true;
        entropy_open(&processor_entropy, entropy_processor_source());
    }
    return entropy_fill(&processor_entropy, to, size);
}
