# Libraries that are compiled from pinned Debian source packages.
#
#   openvsm_source(NAME OUTVAR)
#
# NAME is a package of tools/sources.lock (mbedtls, libsodium, bearssl, zydis). OUTVAR
# becomes the folder it is unpacked in, under the build folder. A tree already at
# hand can be given with -DOPENVSM_SOURCE_<NAME>=folder; nothing is fetched then.

# The preset "fuzz" shares those of "dev".
set(OPENVSM_SOURCES_DIR ${CMAKE_BINARY_DIR} CACHE PATH "the build folder that source packages are unpacked in")

find_program(OPENVSM_PYTHON NAMES /usr/bin/python3 python3 REQUIRED)

function(openvsm_source name outvar)
    string(TOUPPER ${name} upper)
    if(OPENVSM_SOURCE_${upper})
        set(${outvar} ${OPENVSM_SOURCE_${upper}} PARENT_SCOPE)
        return()
    endif()
    execute_process(
        COMMAND ${OPENVSM_PYTHON} ${OPENVSM_ROOT}/tools/fetch-sources.py --build-dir ${OPENVSM_SOURCES_DIR} ${name}
        RESULT_VARIABLE result OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "source package ${name} is not available (see the line above)")
    endif()
    # A changed pin must be noticed by a build folder that is already configured.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${OPENVSM_ROOT}/tools/sources.lock)
    set(${outvar} ${path} PARENT_SCOPE)
endfunction()
