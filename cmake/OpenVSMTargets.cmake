# How each kind of OpenVSM target is compiled and linked.
#
#   openvsm_freestanding_library(NAME SOURCES ... [KIND kernel|user] [INCLUDES ...] [LIBS ...])
#   openvsm_freestanding_executable(NAME SCRIPT linker.lds KIND kernel|user SOURCES ... [LIBS ...])
#   openvsm_efi_application(NAME [SCRIPT linker.lds] SOURCES ... [INCLUDES ...] [LIBS ...])   -> NAME.efi
#   openvsm_host_test(NAME SOURCES ... [INCLUDES ...] [LIBS ...])         -> ctest "host/NAME"

set(OPENVSM_WARNINGS -Wall -Wextra -Werror -Wshadow -Wundef -Wmissing-prototypes -Wstrict-prototypes)

# No floating point or vector register anywhere below VTL0's own user space:
# VTL0's FPU state is shared between the VTLs (TLFS, "Shared state") and is
# simply never touched.
set(OPENVSM_FREESTANDING -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables
    -fno-strict-aliasing -mno-red-zone -mgeneral-regs-only -fcf-protection=none -ffile-prefix-map=${OPENVSM_ROOT}=.)
set(OPENVSM_KERNEL_MODEL -fno-pic -fno-pie -mcmodel=kernel)
# What a trustlet does not use of a library is not in it: a section for each function, and the linker keeps what is reached.
# Frame pointers make a backtrace of a crash.
set(OPENVSM_USER_MODEL -fpie -ffunction-sections -fdata-sections -fno-omit-frame-pointer)

# Of all code of VTL1, after the options above: a canary, which each program draws for itself (vtl1-securekernel/cpu/guard.c,
# ium/loader/guard.c, ium/iumbase/guard.c), and frames that cannot step over the unmapped pages below a stack.
set(OPENVSM_STACK_PROTECTOR -fstack-protector-strong -mstack-protector-guard=global -fstack-clash-protection)

function(openvsm_freestanding_options target kind)
    target_compile_options(${target} PRIVATE ${OPENVSM_FREESTANDING})
    if(kind STREQUAL user)
        target_compile_options(${target} PRIVATE ${OPENVSM_USER_MODEL})
    else()
        target_compile_options(${target} PRIVATE ${OPENVSM_KERNEL_MODEL})
    endif()
    target_include_directories(${target} PRIVATE ${OPENVSM_ABI_INCLUDES} ${OPENVSM_ROOT}/lib/include)
endfunction()

function(openvsm_freestanding_library name)
    cmake_parse_arguments(ARG "" "KIND" "SOURCES;INCLUDES;LIBS" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    openvsm_freestanding_options(${name} "${ARG_KIND}")
    target_compile_options(${name} PRIVATE ${OPENVSM_WARNINGS})
    target_include_directories(${name} PUBLIC ${ARG_INCLUDES})
    target_link_libraries(${name} PUBLIC ${ARG_LIBS})
endfunction()

function(openvsm_freestanding_executable name)
    cmake_parse_arguments(ARG "" "KIND;SCRIPT" "SOURCES;INCLUDES;LIBS;LINK_OPTIONS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    openvsm_freestanding_options(${name} "${ARG_KIND}")
    target_compile_options(${name} PRIVATE ${OPENVSM_WARNINGS})
    target_include_directories(${name} PRIVATE ${ARG_INCLUDES})
    get_filename_component(script ${ARG_SCRIPT} ABSOLUTE)
    set(pie -no-pie -static)
    if(ARG_KIND STREQUAL user)
        set(pie -static-pie -Wl,--no-dynamic-linker -Wl,--gc-sections)
    endif()
    target_link_options(${name} PRIVATE -nostdlib ${pie} -Wl,-T,${script} -Wl,--build-id=none -Wl,-z,max-page-size=4096
        -Wl,-z,noexecstack -Wl,--orphan-handling=error -Wl,--fatal-warnings ${ARG_LINK_OPTIONS})
    target_link_libraries(${name} PRIVATE ${ARG_LIBS})
    set_target_properties(${name} PROPERTIES LINK_DEPENDS ${script} SUFFIX .elf)
endfunction()

# A PE image by way of GNU-EFI: a position independent shared object, then objcopy.
function(openvsm_efi_application name)
    cmake_parse_arguments(ARG "" "SCRIPT" "SOURCES;INCLUDES;LIBS" ${ARGN})
    set(script /usr/lib/elf_x86_64_efi.lds)
    if(ARG_SCRIPT)
        get_filename_component(script ${ARG_SCRIPT} ABSOLUTE)
    endif()
    add_executable(${name}.so ${ARG_SOURCES})
    set_target_properties(${name}.so PROPERTIES LINK_DEPENDS ${script})
    target_compile_options(${name}.so PRIVATE ${OPENVSM_WARNINGS} -ffreestanding -fpic -fshort-wchar -fno-stack-protector
        -fno-strict-aliasing -mno-red-zone -maccumulate-outgoing-args -fno-asynchronous-unwind-tables -mgeneral-regs-only
        -fcf-protection=none -ffile-prefix-map=${OPENVSM_ROOT}=.)
    target_compile_definitions(${name}.so PRIVATE GNU_EFI_USE_MS_ABI)
    target_include_directories(${name}.so PRIVATE ${ARG_INCLUDES} ${OPENVSM_ABI_INCLUDES} ${OPENVSM_ROOT}/lib/include)
    target_include_directories(${name}.so SYSTEM PRIVATE /usr/include/efi /usr/include/efi/x86_64)
    target_link_options(${name}.so PRIVATE -nostdlib -shared -Wl,-Bsymbolic -Wl,--build-id=none -Wl,-z,noexecstack
        -Wl,-T,${script} /usr/lib/crt0-efi-x86_64.o)
    target_link_libraries(${name}.so PRIVATE ${ARG_LIBS} /usr/lib/libgnuefi.a /usr/lib/libefi.a)
    add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.efi
        COMMAND ${CMAKE_OBJCOPY} -j .text -j .sdata -j .data -j .owner -j .dynamic -j .rodata -j .dynsym -j .rel* -j .rela* -j .reloc
                --output-target=efi-app-x86_64 --subsystem=10 $<TARGET_FILE:${name}.so> ${CMAKE_CURRENT_BINARY_DIR}/${name}.efi
        DEPENDS ${name}.so COMMENT "EFI application ${name}.efi" VERBATIM)
    add_custom_target(${name} ALL DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${name}.efi)
    set_target_properties(${name} PROPERTIES EFI_FILE ${CMAKE_CURRENT_BINARY_DIR}/${name}.efi)
endfunction()

# A cmocka program on the build machine, under ASan and UBSan.
function(openvsm_host_test name)
    cmake_parse_arguments(ARG "" "" "SOURCES;INCLUDES;LIBS" ${ARGN})
    add_executable(test-${name} ${ARG_SOURCES})
    target_compile_options(test-${name} PRIVATE -Wall -Wextra -Werror -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all)
    target_link_options(test-${name} PRIVATE -fsanitize=address,undefined)
    target_include_directories(test-${name} PRIVATE ${ARG_INCLUDES} ${OPENVSM_ABI_INCLUDES} ${OPENVSM_ROOT}/lib/include)
    target_link_libraries(test-${name} PRIVATE ${ARG_LIBS} cmocka)
    add_test(NAME host/${name} COMMAND test-${name})
    set_tests_properties(host/${name} PROPERTIES TIMEOUT 120 LABELS host)
endfunction()
