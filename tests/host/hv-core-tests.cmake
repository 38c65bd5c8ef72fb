# Unit tests of the hypervisor's core: its objects as they are, over the machine of hv-core-bench.h.
set(HV_CORE apic apic_timer clock connections control_registers cpu_call cpuid crash deadline decode dump enable_vtl exit_counts
    flush guarded guest_memory hypercall hypercall_input hypercall_parameters idle inject instruction
    intercept_message interrupt_sources interrupts io_intercepts ipi local_apic local_apic_page local_apic_registers
    local_apic_timer memory message msr mtrr nmi operand overlay page_access page_pool partition pci pci_messages port_string ports
    private_registers protection register_access register_intercepts register_rules run shared_registers shootdown
    shutdown slat start_vp stimer synic synthetic_msr table_registers tpm_page translate vina vp_context vp_index vp_registers
    vp_set vp_start vtl walk)
list(TRANSFORM HV_CORE PREPEND ${HV}/core/)
list(TRANSFORM HV_CORE APPEND .c)

add_library(hv-core-host STATIC ${HV_CORE} ${HV}/core/hypercall_page.S ${HV}/x86/svm/npt.c ${HV}/x86/vmx/ept.c ${CMAKE_SOURCE_DIR}/lib/format.c
    hv-core-bench.c hv-core-serve.c hv-core-machine.c hv-core-vendor.c hv-check.c)
target_compile_options(hv-core-host PRIVATE
    $<$<COMPILE_LANGUAGE:C>:-Wall -Wextra -Werror -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all>)
target_compile_definitions(hv-core-host PRIVATE $<$<COMPILE_LANGUAGE:C>:_GNU_SOURCE>)
# The doubles come first: hv/x86.h and hv/layout.h are the tests' variants.
target_include_directories(hv-core-host PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/hv-core-doubles ${HV}/include ${HV}/include/normal
    ${OPENVSM_ABI_INCLUDES} ${CMAKE_SOURCE_DIR}/lib/include)
target_link_libraries(hv-core-host PUBLIC zydis-host cmocka)

foreach(name IN ITEMS apic apic-timer clock cpuid enable flush hypercall intercepts io-intercepts local-apic memory msr mtrr parameters
    pci-messages ports registers run sources start stimer switch synthetic translate)
    openvsm_host_test(hv-core-${name} SOURCES hv-core-${name}.c LIBS hv-core-host)
endforeach()
