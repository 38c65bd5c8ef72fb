# Trustlets in a project of their own. After project(... C ASM):
#
#   find_package(OpenVSM REQUIRED HINTS ${OPENVSM_DIR})
#   openvsm_add_trustlet(NAME SOURCES ... MANIFEST NAME.manifest [INCLUDES ...] [LIBS iumbase-crypto])
#   openvsm_add_trustlet_host_test(NAME SOURCES ... MANIFEST NAME.manifest [INCLUDES ...] [LIBS iumbase-crypto] [RAW])
#
# OPENVSM_DIR is a checkout of OpenVSM or an installed SDK (cmake --install build --component sdk --prefix DIR). Of a checkout,
# what trustlets link is compiled from it, as far as it is linked; an SDK brings libraries and tools. Images are signed with
# OPENVSM_OWNER_KEY: by default the key of that checkout's build, which its machine obeys, or a new one in this build folder.
include_guard(GLOBAL)

get_filename_component(OPENVSM_ROOT ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
list(APPEND CMAKE_MODULE_PATH ${OPENVSM_ROOT}/cmake)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

if(EXISTS ${OPENVSM_ROOT}/build/sources AND NOT DEFINED OPENVSM_SOURCES_DIR)
    set(OPENVSM_SOURCES_DIR ${OPENVSM_ROOT}/build CACHE PATH "the build folder that source packages are unpacked in")
endif()
if(EXISTS ${OPENVSM_ROOT}/build/keys/owner.key AND NOT DEFINED OPENVSM_OWNER_KEY)
    set(OPENVSM_OWNER_KEY ${OPENVSM_ROOT}/build/keys/owner.key CACHE FILEPATH "key that signs what VTL1 runs")
endif()

include(CTest)
include(OpenVSMTargets)
include(OpenVSMSign)
include(OpenVSMTrustletTest)
if(EXISTS ${OPENVSM_ROOT}/sdk)
    include(OpenVSMSdk)
else()
    include(OpenVSMAbi)
    include(OpenVSMSources)
    foreach(folder IN ITEMS lib crypto ium tools)
        add_subdirectory(${OPENVSM_ROOT}/${folder} ${CMAKE_BINARY_DIR}/openvsm/${folder} EXCLUDE_FROM_ALL)
    endforeach()
endif()
