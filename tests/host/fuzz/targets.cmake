# libFuzzer targets under ASan and UBSan, for the preset "fuzz": the hypervisor's and VTL1's own objects, compiled by clang.
#
#   fuzz-NAME          the target
#   fuzz-seeds NAME    writes its seeds into the folder it is told
add_compile_options(-fsanitize=fuzzer-no-link)

function(openvsm_fuzz_target name)
    cmake_parse_arguments(ARG "" "" "SOURCES;INCLUDES;LIBS" ${ARGN})
    add_executable(fuzz-${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
    target_compile_options(fuzz-${name} PRIVATE -Wall -Wextra -Werror -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all)
    target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer,address,undefined)
    target_include_directories(fuzz-${name} PRIVATE ${ARG_INCLUDES} ${OPENVSM_ABI_INCLUDES} ${CMAKE_SOURCE_DIR}/lib/include)
    target_link_libraries(fuzz-${name} PRIVATE ${ARG_LIBS})
    add_dependencies(fuzz-targets fuzz-${name})
endfunction()

# The core's library as the unit tests have it, without their programs.
function(openvsm_host_test)
endfunction()
add_custom_target(fuzz-targets)
include(${HV}/zydis.cmake)
include(hv-core-tests.cmake)

set(GENERATOR ${CMAKE_SOURCE_DIR}/tests/guest/lib/fuzz)
set(GENERATOR_INCLUDES ${CMAKE_SOURCE_DIR}/tests/guest/lib)
openvsm_fuzz_target(hypercall SOURCES fuzz/hypercall.c ${GENERATOR}/tables.c INCLUDES ${GENERATOR_INCLUDES} LIBS hv-core-host)
openvsm_fuzz_target(decode SOURCES fuzz/decode.c ${HV}/core/decode.c INCLUDES ${HV}/include LIBS zydis-host)
openvsm_fuzz_target(walk SOURCES fuzz/walk.c ${HV}/core/walk.c INCLUDES ${HV}/include)
openvsm_fuzz_target(secure-call SOURCES fuzz/secure-call.c ${CMAKE_SOURCE_DIR}/vtl1-securekernel/calls/call_decode.c
    INCLUDES ${CMAKE_SOURCE_DIR}/vtl1-securekernel/include)
include(vtl1-machine.cmake)
openvsm_fuzz_target(vtl1 SOURCES fuzz/vtl1.c fuzz/vtl1-play.c vtl1-faults.c ${SK_MACHINE}
    INCLUDES ${SK_MACHINE_INCLUDES} ${CMAKE_CURRENT_SOURCE_DIR} LIBS cmocka)
target_link_options(fuzz-vtl1 PRIVATE ${SK_FAULTS})
openvsm_fuzz_target(boot-config SOURCES boot-config-fuzz.c ${HV}/boot/config.c ${HV}/boot/config_keys.c ${CMAKE_SOURCE_DIR}/lib/format.c
    INCLUDES ${HV}/boot ${HV}/include)

set(TOOL ${CMAKE_SOURCE_DIR}/tools/sign)
set(SIGN ${CMAKE_SOURCE_DIR}/crypto/sign)
set(LOADER ${CMAKE_SOURCE_DIR}/ium/loader)
openvsm_fuzz_target(manifest SOURCES fuzz/manifest.c ${TOOL}/manifest.c ${TOOL}/words.c ${SIGN}/image_header.c
    INCLUDES ${TOOL} ${CMAKE_SOURCE_DIR}/crypto/include LIBS sodium)
openvsm_fuzz_target(image SOURCES fuzz/image.c ${LOADER}/elf_note.c ${LOADER}/elf_plan.c ${LOADER}/elf_relocate.c ${SIGN}/image_header.c
    INCLUDES ${LOADER} ${CMAKE_SOURCE_DIR}/crypto/include)

# Trustlets with all they link, but for the note: host.h says what stands for it.
set(TRUSTLETS ${CMAKE_SOURCE_DIR}/trustlets)
add_subdirectory(${CMAKE_SOURCE_DIR}/crypto ${CMAKE_BINARY_DIR}/crypto EXCLUDE_FROM_ALL)
openvsm_trustlet_host_sources(harness harness_includes harness_libs LIBS iumbase-crypto)
openvsm_fuzz_target(trustlet-notes SOURCES fuzz/trustlet.c vault/vtl0.c ${TRUSTLETS}/notes/notes.c ${TRUSTLETS}/notes/book.c ${harness}
    INCLUDES ${harness_includes} LIBS ${harness_libs} cmocka)
include(${TRUSTLETS}/credvault/sources.cmake)
openvsm_fuzz_target(trustlet-vault SOURCES fuzz/trustlet.c vault/vtl0.c ${CREDVAULT_SOURCES} ${harness}
    INCLUDES ${TRUSTLETS}/credvault ${harness_includes} LIBS ${harness_libs} cmocka)

# The vault's decoders alone: what check() lets through, and DER.
set(VAULT_DECODERS)
foreach(file IN ITEMS der kerberos_fields kerberos_reply kerberos_request key_generate key_import key_pair key_password key_rsa key_symmetric
        op_agree op_kerberos op_kerberos_session op_mac op_ntlm op_otp op_sign op_wrap operations session_keys)
    list(APPEND VAULT_DECODERS ${TRUSTLETS}/credvault/${file}.c)
endforeach()
openvsm_fuzz_target(vault-operations SOURCES fuzz/vault-operations.c ${VAULT_DECODERS} ${CMAKE_SOURCE_DIR}/ium/host/entropy.c
    ${CMAKE_SOURCE_DIR}/ium/host/wipe.c INCLUDES ${TRUSTLETS}/credvault LIBS crypto-host)

add_executable(fuzz-seeds EXCLUDE_FROM_ALL fuzz/seeds.c ${GENERATOR}/generate.c ${GENERATOR}/judge.c ${GENERATOR}/msr.c
    ${GENERATOR}/tables.c ${GENERATOR}/values.c)
target_compile_options(fuzz-seeds PRIVATE -Wall -Wextra -Werror -fsanitize=address,undefined)
target_link_options(fuzz-seeds PRIVATE -fsanitize=address,undefined)
target_include_directories(fuzz-seeds PRIVATE ${GENERATOR_INCLUDES} ${HV}/include ${LOADER} ${OPENVSM_ABI_INCLUDES} ${CMAKE_SOURCE_DIR}/lib/include)
add_dependencies(fuzz-targets fuzz-seeds)
