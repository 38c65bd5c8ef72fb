# Zydis' decoder from its source package, in minimal mode: no operands, no
# formatter, no encoder, no C library. Two builds of the same three files:
#
#   zydis-kernel   for the hypervisor
#   zydis-host     for host tests, under the sanitizers
#
# Zycore's headers come from the package libzycore-dev.
include_guard(GLOBAL)

openvsm_source(zydis OPENVSM_ZYDIS_SOURCE)

function(openvsm_zydis name)
    add_library(${name} STATIC
        ${OPENVSM_ZYDIS_SOURCE}/src/Decoder.c
        ${OPENVSM_ZYDIS_SOURCE}/src/DecoderData.c
        ${OPENVSM_ZYDIS_SOURCE}/src/SharedData.c)
    # The definitions change the layout of what the headers declare, so that whoever includes them needs the same.
    target_compile_definitions(${name} PUBLIC ZYAN_NO_LIBC ZYCORE_STATIC_BUILD ZYDIS_STATIC_BUILD ZYDIS_MINIMAL_MODE
        ZYDIS_DISABLE_ENCODER ZYDIS_DISABLE_FORMATTER ZYDIS_DISABLE_AVX512 ZYDIS_DISABLE_KNC)
    target_include_directories(${name} SYSTEM PUBLIC ${OPENVSM_ZYDIS_SOURCE}/include)
    target_include_directories(${name} PRIVATE ${OPENVSM_ZYDIS_SOURCE}/src)
endfunction()

openvsm_zydis(zydis-kernel)
openvsm_freestanding_options(zydis-kernel kernel)
target_compile_options(zydis-kernel PRIVATE -w)

openvsm_zydis(zydis-host)
target_compile_options(zydis-host PRIVATE -w -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all)
