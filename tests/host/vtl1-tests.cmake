# Unit tests of VTL1: the secure kernel, IUM and the trustlets.
set(SK ${CMAKE_SOURCE_DIR}/vtl1-securekernel)
set(IUM ${CMAKE_SOURCE_DIR}/ium)

openvsm_host_test(vtl1-call-decode SOURCES vtl1-call-decode.c ${SK}/calls/call_decode.c INCLUDES ${SK}/include)
openvsm_host_test(vtl1-large-decode SOURCES vtl1-large-decode.c ${SK}/calls/large_decode.c INCLUDES ${SK}/include)
openvsm_host_test(vtl1-copy SOURCES vtl1-copy.c vtl1-copy.S INCLUDES ${SK}/include)
target_compile_options(test-vtl1-copy PRIVATE -fno-pie)
target_link_options(test-vtl1-copy PRIVATE -no-pie)
set_source_files_properties(vtl1-copy.S PROPERTIES OBJECT_DEPENDS ${SK}/memory/copy.S)
openvsm_host_test(vtl1-normal-call SOURCES vtl1-normal-call.c ${SK}/calls/normal_call.c INCLUDES ${SK}/include)
openvsm_host_test(vtl1-secure-call
    SOURCES vtl1-secure-call.c ${SK}/calls/secure_call.c ${SK}/calls/call_decode.c ${SK}/memory/vtl0_page.c
    INCLUDES ${SK}/include)
openvsm_host_test(vtl1-vtl0-page SOURCES vtl1-vtl0-page.c ${SK}/memory/vtl0_page.c INCLUDES ${SK}/include)
openvsm_host_test(vtl1-boot-block SOURCES vtl1-boot-block.c ${SK}/boot/boot_block.c ${CMAKE_SOURCE_DIR}/crypto/sign/owner.c
    INCLUDES ${SK}/include ${CMAKE_SOURCE_DIR}/crypto/include)
openvsm_host_test(vtl1-protections SOURCES vtl1-protections.c ${SK}/calls/protection_service.c
    INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/vtl1-doubles ${SK}/include)

# The IUM loader's parser, as it runs in ring 3.
openvsm_host_test(vtl1-elf SOURCES vtl1-elf.c ${IUM}/loader/elf_note.c ${IUM}/loader/elf_plan.c
    ${IUM}/loader/elf_relocate.c INCLUDES ${IUM}/loader)

# Memory, processes and system calls over an arena that stands for the region.
set(SK_MEMORY vtl1-arena.c ${SK}/memory/page_alloc.c ${SK}/memory/page_table.c)
openvsm_host_test(vtl1-pages SOURCES vtl1-pages.c ${SK_MEMORY} INCLUDES ${SK}/include)
openvsm_host_test(vtl1-user-memory SOURCES vtl1-user-memory.c ${SK_MEMORY} ${SK}/process/user_memory.c ${SK}/process/quota.c
    INCLUDES ${SK}/include)
openvsm_host_test(vtl1-donation SOURCES vtl1-donation.c ${SK_MEMORY} ${SK}/memory/donation.c ${SK}/memory/vtl0_page.c
    INCLUDES ${SK}/include)
openvsm_host_test(vtl1-syscall-policy SOURCES vtl1-syscall-policy.c ${SK}/process/syscall_policy.c INCLUDES ${SK}/include)
openvsm_host_test(vtl1-quota SOURCES vtl1-quota.c ${SK}/process/quota.c INCLUDES ${SK}/include)
openvsm_host_test(vtl1-guard SOURCES vtl1-guard.c ${SK}/cpu/guard.c INCLUDES ${SK}/include ${CMAKE_SOURCE_DIR}/crypto/include)
openvsm_host_test(vtl1-key-root SOURCES vtl1-key-root.c crypto/support.c crypto/hex.c ${SK}/process/key_root.c
    INCLUDES ${SK}/include ${CMAKE_CURRENT_SOURCE_DIR}/crypto LIBS crypto-host)
openvsm_host_test(vtl1-tpm-nv SOURCES vtl1-tpm-nv.c ${SK}/vsm/tpm_nv.c INCLUDES ${SK}/include)
openvsm_host_test(vtl1-tis SOURCES vtl1-tis.c vtl1-tis-model.c ${CMAKE_SOURCE_DIR}/lib/tis.c)
openvsm_host_test(vtl1-crb SOURCES vtl1-crb.c ${CMAKE_SOURCE_DIR}/lib/crb.c)
set(SK_FRESHNESS vtl1-freshness-bench.c vtl1-tpm-model.c)
foreach(file IN ITEMS freshness freshness_index freshness_memory freshness_plan freshness_tpm reference_time tpm_nv)
    list(APPEND SK_FRESHNESS ${SK}/vsm/${file}.c)
endforeach()
foreach(name IN ITEMS vtl1-freshness vtl1-freshness-turns)
    openvsm_host_test(${name} SOURCES ${name}.c ${SK_FRESHNESS}
        INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/vtl1-doubles ${SK}/include ${CMAKE_SOURCE_DIR}/crypto/include)
endforeach()
openvsm_host_test(vtl1-session SOURCES vtl1-session.c ${SK}/calls/session.c ${SK}/process/handle.c ${SK}/process/quota.c INCLUDES ${SK}/include)

include(vtl1-machine.cmake)
openvsm_host_test(vtl1-out-of-memory SOURCES vtl1-out-of-memory.c vtl1-faults.c vtl1-ring3.c ${SK_MACHINE} INCLUDES ${SK_MACHINE_INCLUDES})
target_link_options(test-vtl1-out-of-memory PRIVATE ${SK_FAULTS})

openvsm_host_test(vtl1-stacks SOURCES vtl1-stacks.c vtl1-ring3.c ${SK_MACHINE} INCLUDES ${SK_MACHINE_INCLUDES})
openvsm_host_test(vtl1-call-time SOURCES vtl1-call-time.c vtl1-ring3.c ${SK_MACHINE} INCLUDES ${SK_MACHINE_INCLUDES})

openvsm_host_test(vtl1-launch SOURCES vtl1-launch.c vtl1-faults.c vtl1-ring3.c ${SK_MACHINE} INCLUDES ${SK_MACHINE_INCLUDES})
target_link_options(test-vtl1-launch PRIVATE ${SK_FAULTS})

openvsm_host_test(vtl1-syscalls-random SOURCES vtl1-syscalls-random.c vtl1-ring3.c ${FUZZER}/chance.c ${FUZZER}/model.c ${SK_MACHINE}
    INCLUDES ${SK_MACHINE_INCLUDES} ${FUZZER})

openvsm_host_test(ium-serve SOURCES ium-serve.c ${IUM}/iumbase/serve.c INCLUDES ${IUM}/iumbase/include)
