# Unit tests of the VTL0 kernel and its ring 3: what is plain parsing and building there.
set(VTL0 ${CMAKE_SOURCE_DIR}/vtl0-kernel)

openvsm_host_test(vtl0-options SOURCES vtl0-options.c ${VTL0}/kernel/options.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-acpi SOURCES vtl0-acpi.c ${VTL0}/kernel/acpi_parse.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-nt-access SOURCES vtl0-nt-access.c ${VTL0}/nt/nt_access.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-elf SOURCES vtl0-elf.c ${VTL0}/kernel/elf.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-ntlm-client SOURCES vtl0-ntlm-client.c ${VTL0}/user/ntlm_client.c INCLUDES ${VTL0}/user)
