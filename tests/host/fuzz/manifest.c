/* A trustlet's manifest as text. Whatever is accepted is a header that nobody refuses. */
#include <stdlib.h>
#include <string.h>

#include <abi/ium.h>
#include <crypto/signed_image.h>

#include "manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct signed_image_header header;
    struct manifest_problem problem = { 0 };

    memcpy(text, data, size);
    text[size] = '\0';
    if (manifest_parse(text, size, size % 2 != 0, &header, &problem)) {
        HOLDS(signed_image_header_faults(&header, 0) == 0 && header.security_version != 0);
        HOLDS(header.heap_pages <= IUM_MAX_HEAP_PAGES && header.stack_pages <= IUM_MAX_STACK_PAGES);
        HOLDS((header.flags == SIGNED_IMAGE_DEBUG) == (size % 2 != 0));
    } else {
        HOLDS(problem.text[0] != '\0' && memchr(problem.text, '\0', sizeof(problem.text)) != NULL);
        HOLDS(problem.line <= size + 1);
    }
    free(text);
    return 0;
}
