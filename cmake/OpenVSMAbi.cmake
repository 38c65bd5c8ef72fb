# What is made from abi/vsm.list, before anything is compiled. OPENVSM_ABI_INCLUDES: where <abi/...> is.
include_guard(GLOBAL)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(OPENVSM_ABI_INCLUDES ${OPENVSM_ROOT}/abi/include ${CMAKE_BINARY_DIR}/abi/include)
file(GLOB OPENVSM_ABI_SOURCES ${OPENVSM_ROOT}/abi/vsm.list ${OPENVSM_ROOT}/abi/generator/*.py)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${OPENVSM_ABI_SOURCES})
execute_process(COMMAND ${Python3_EXECUTABLE} -B ${OPENVSM_ROOT}/abi/generator headers ${CMAKE_BINARY_DIR}/abi/include
    RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "abi/vsm.list could not be read")
endif()
