# BearSSL: AES and GHASH as bit-sliced C for general registers, which mbedTLS's own modes run on (mbedtls/aes.c, mbedtls/gcm.c).
openvsm_source(bearssl CRYPTO_BEARSSL_ROOT)
set(CRYPTO_BEARSSL_SOURCES
    ${CRYPTO_BEARSSL_ROOT}/src/codec/dec32le.c
    ${CRYPTO_BEARSSL_ROOT}/src/codec/enc32le.c
    ${CRYPTO_BEARSSL_ROOT}/src/hash/ghash_ctmul64.c
    ${CRYPTO_BEARSSL_ROOT}/src/symcipher/aes_ct64.c
    ${CRYPTO_BEARSSL_ROOT}/src/symcipher/aes_ct64_dec.c
    ${CRYPTO_BEARSSL_ROOT}/src/symcipher/aes_ct64_enc.c)
# The bit-sliced functions are declared in inner.h only, of src.
set(CRYPTO_BEARSSL_INCLUDES ${CRYPTO_BEARSSL_ROOT}/inc ${CRYPTO_BEARSSL_ROOT}/src)

# Source properties hold in one folder only: each folder that compiles the files calls this.
# -w: the package's warnings are not ours to fix. Words are read byte by byte, not through pointers that may be misaligned.
function(crypto_bearssl_properties)
    set_source_files_properties(${CRYPTO_BEARSSL_SOURCES} PROPERTIES COMPILE_OPTIONS -w COMPILE_DEFINITIONS BR_LE_UNALIGNED=0)
endfunction()
