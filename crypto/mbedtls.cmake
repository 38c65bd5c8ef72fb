# mbedTLS: the files behind the PSA functions we call. The list is that of
# 2.28 and 3.6 together; a file that one of them lacks is left out.
openvsm_source(mbedtls CRYPTO_MBEDTLS_ROOT)
set(CRYPTO_MBEDTLS_SOURCES)
foreach(file IN ITEMS aes asn1parse asn1write bignum bignum_core block_cipher cipher cipher_wrap constant_time ctr_drbg ecdh ecdsa ecp
        ecp_curves ecp_curves_new entropy entropy_poll hmac_drbg md md5
        memory_buffer_alloc platform platform_util psa_crypto psa_crypto_aead psa_crypto_cipher psa_crypto_client
        psa_crypto_driver_wrappers psa_crypto_driver_wrappers_no_static psa_crypto_ecp psa_crypto_hash psa_crypto_mac psa_crypto_rsa
        psa_crypto_slot_management psa_util sha1 sha256 sha512
        bignum_mod bignum_mod_raw oid pk pk_ecc pk_wrap pkparse pkwrite rsa rsa_alt_helpers rsa_internal)
    if(EXISTS ${CRYPTO_MBEDTLS_ROOT}/library/${file}.c)
        list(APPEND CRYPTO_MBEDTLS_SOURCES ${CRYPTO_MBEDTLS_ROOT}/library/${file}.c)
    endif()
endforeach()
# For ECDSA P-256 signatures of images: VERIFY in the loader and ring 0 of VTL1, SIGN on the build machine as well.
set(CRYPTO_VERIFY_SOURCES)
set(CRYPTO_MAKE_SOURCES)
foreach(file IN ITEMS asn1parse asn1write bignum bignum_core constant_time ecdsa ecp ecp_curves ecp_curves_new
        memory_buffer_alloc platform)
    if(EXISTS ${CRYPTO_MBEDTLS_ROOT}/library/${file}.c)
        list(APPEND CRYPTO_VERIFY_SOURCES ${CRYPTO_MBEDTLS_ROOT}/library/${file}.c)
    endif()
endforeach()
foreach(file IN ITEMS hmac_drbg md sha256)
    list(APPEND CRYPTO_MAKE_SOURCES ${CRYPTO_MBEDTLS_ROOT}/library/${file}.c)
endforeach()
set(CRYPTO_VERIFY_DEFINITIONS "MBEDTLS_CONFIG_FILE=<openvsm_verify_config.h>")
set(CRYPTO_MAKE_DEFINITIONS "MBEDTLS_CONFIG_FILE=<openvsm_sign_config.h>")

set(CRYPTO_MBEDTLS_INCLUDES ${CRYPTO_MBEDTLS_ROOT}/include ${CMAKE_CURRENT_LIST_DIR}/mbedtls)
set(CRYPTO_MBEDTLS_DEFINITIONS "MBEDTLS_CONFIG_FILE=<openvsm_mbedtls_config.h>")

# 3.x checks its configuration by itself.
if(NOT EXISTS ${CRYPTO_MBEDTLS_ROOT}/include/mbedtls/build_info.h)
    list(APPEND CRYPTO_MBEDTLS_SOURCES ${CMAKE_CURRENT_LIST_DIR}/mbedtls/check_config.c)
    list(APPEND CRYPTO_VERIFY_SOURCES ${CMAKE_CURRENT_LIST_DIR}/mbedtls/check_config.c)
endif()

# Source properties hold in one folder only: each folder that compiles the files calls this.
# -w: the package's warnings are not ours to fix.
function(crypto_mbedtls_properties)
    set_source_files_properties(${CRYPTO_MBEDTLS_SOURCES} ${CRYPTO_VERIFY_SOURCES} ${CRYPTO_MAKE_SOURCES} PROPERTIES
        COMPILE_OPTIONS -w INCLUDE_DIRECTORIES ${CRYPTO_MBEDTLS_ROOT}/library)
endfunction()
