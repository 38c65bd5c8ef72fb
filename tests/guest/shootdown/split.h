/* Large second-level pages that fall apart under a processor that uses them. */
#pragma once

void test_split(unsigned victim);
