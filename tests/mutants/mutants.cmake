# The one image of the hypervisor and its loader in which a protection can be
# switched off (configuration key `mutant`). Included by hv/boot, so that it is
# built from the same lists.
set(MUTANTS ${CMAKE_SOURCE_DIR}/tests/mutants)
openvsm_hypervisor(hv-mutants ${MUTANTS}/include)
openvsm_boot_image(BOOTX64-mutants HV hv-mutants KEYS ${MUTANTS}/config_keys.c INCLUDES ${MUTANTS}/include/boot)
