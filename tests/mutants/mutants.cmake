# The one image in which a protection can be switched off (configuration key
# `mutant`). Included by hv/boot, so that it is built from the same lists.
openvsm_hypervisor(hv-mutants ${CMAKE_SOURCE_DIR}/tests/mutants/include)
openvsm_boot_image(BOOTX64-mutants HV hv-mutants KEYS ${CMAKE_SOURCE_DIR}/tests/mutants/config_keys.c)
