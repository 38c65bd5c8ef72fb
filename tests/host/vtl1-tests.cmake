# Unit tests of VTL1: the secure kernel, IUM and the trustlets.
set(SK ${CMAKE_SOURCE_DIR}/vtl1-securekernel)
set(IUM ${CMAKE_SOURCE_DIR}/ium)

openvsm_host_test(vtl1-call-decode SOURCES vtl1-call-decode.c ${SK}/calls/call_decode.c INCLUDES ${SK}/include)
openvsm_host_test(vtl1-vtl0-page SOURCES vtl1-vtl0-page.c ${SK}/memory/vtl0_page.c INCLUDES ${SK}/include)
openvsm_host_test(vtl1-boot-block SOURCES vtl1-boot-block.c ${SK}/boot/boot_block.c INCLUDES ${SK}/include)
