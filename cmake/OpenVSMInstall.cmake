# The SDK: what a trustlet's own project needs, without the tree and without a build of it.
#
#   cmake --install build --component sdk --prefix DIR
#
# DIR/share/openvsm has the tree's layout, as far as it goes; DIR/share/openvsm/sdk are libraries (OpenVSMSdk.cmake). The owner's
# key is not among it.
include(CMakePackageConfigHelpers)
set(OPENVSM_SDK share/openvsm)
foreach(root IN ITEMS CRYPTO_MBEDTLS_ROOT CRYPTO_SODIUM_ROOT CRYPTO_BEARSSL_ROOT)
    get_directory_property(${root} DIRECTORY ${OPENVSM_ROOT}/crypto DEFINITION ${root})
endforeach()

install(PROGRAMS $<TARGET_FILE:openvsm-sign> $<TARGET_FILE:openvsm-validate> DESTINATION bin COMPONENT sdk)
install(FILES $<TARGET_FILE:iumdll> $<TARGET_FILE:iumbase> $<TARGET_FILE:iumbase-crypto> $<TARGET_FILE:lib-user> $<TARGET_FILE:crypto-user>
    $<TARGET_FILE:crypto-host> DESTINATION ${OPENVSM_SDK}/sdk COMPONENT sdk)

# Headers, those made from abi/vsm.list too, and the sources that host tests compile under the sanitizers.
install(DIRECTORY ${OPENVSM_ABI_INCLUDES} DESTINATION ${OPENVSM_SDK}/abi COMPONENT sdk)
foreach(folder IN ITEMS lib crypto)
    install(DIRECTORY ${OPENVSM_ROOT}/${folder}/include DESTINATION ${OPENVSM_SDK}/${folder} COMPONENT sdk)
endforeach()
install(FILES ${OPENVSM_ROOT}/lib/format.c DESTINATION ${OPENVSM_SDK}/lib COMPONENT sdk)
install(DIRECTORY ${OPENVSM_ROOT}/ium/iumdll ${OPENVSM_ROOT}/ium/iumbase ${OPENVSM_ROOT}/ium/host DESTINATION ${OPENVSM_SDK}/ium COMPONENT sdk)
install(DIRECTORY ${CRYPTO_MBEDTLS_ROOT}/include/psa ${CRYPTO_MBEDTLS_ROOT}/include/mbedtls DESTINATION ${OPENVSM_SDK}/crypto/mbedtls/include
    COMPONENT sdk)
install(FILES ${OPENVSM_ROOT}/crypto/mbedtls/openvsm_mbedtls_config.h ${OPENVSM_ROOT}/crypto/mbedtls/gcm_alt.h
    DESTINATION ${OPENVSM_SDK}/crypto/mbedtls COMPONENT sdk)

install(DIRECTORY ${OPENVSM_ROOT}/cmake DESTINATION ${OPENVSM_SDK} COMPONENT sdk PATTERN OpenVSMInstall.cmake EXCLUDE)
install(FILES ${OPENVSM_ROOT}/LICENSE DESTINATION ${OPENVSM_SDK} COMPONENT sdk)
install(FILES ${CRYPTO_MBEDTLS_ROOT}/LICENSE DESTINATION ${OPENVSM_SDK}/sdk RENAME LICENSE.mbedtls COMPONENT sdk)
install(FILES ${CRYPTO_SODIUM_ROOT}/../../LICENSE DESTINATION ${OPENVSM_SDK}/sdk RENAME LICENSE.libsodium COMPONENT sdk)
install(FILES ${CRYPTO_BEARSSL_ROOT}/LICENSE.txt DESTINATION ${OPENVSM_SDK}/sdk RENAME LICENSE.bearssl COMPONENT sdk)

# Where find_package looks; the same file as the tree's does the work.
file(WRITE ${CMAKE_BINARY_DIR}/sdk/OpenVSMConfig.cmake "include(\${CMAKE_CURRENT_LIST_DIR}/../../openvsm/cmake/OpenVSMConfig.cmake)\n")
write_basic_package_version_file(${CMAKE_BINARY_DIR}/sdk/OpenVSMConfigVersion.cmake VERSION ${PROJECT_VERSION} COMPATIBILITY ExactVersion)
install(FILES ${CMAKE_BINARY_DIR}/sdk/OpenVSMConfig.cmake ${CMAKE_BINARY_DIR}/sdk/OpenVSMConfigVersion.cmake
    DESTINATION share/cmake/OpenVSM COMPONENT sdk)
