#include <hv/ept.h>

#include "hv-slat.h"

const struct slat_format *bench_format(unsigned largest_level)
{
    return ept_format(largest_level == 3, false);
}
