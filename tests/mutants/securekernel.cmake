# The secure kernel without one of its protections: securekernel-NAME.img for each. Included by vtl1-securekernel.
include(${CMAKE_SOURCE_DIR}/tests/mutants/linked.cmake)
set(MUTANTS ${CMAKE_SOURCE_DIR}/tests/mutants/include)

add_library(securekernel-mutants OBJECT ${SECUREKERNEL_SOURCES})
openvsm_freestanding_options(securekernel-mutants kernel)
target_compile_options(securekernel-mutants PRIVATE ${OPENVSM_WARNINGS} ${OPENVSM_STACK_PROTECTOR})
target_include_directories(securekernel-mutants PRIVATE ${MUTANTS} include)
target_link_libraries(securekernel-mutants PRIVATE ${SECUREKERNEL_LIBS})

openvsm_mutant_numbers(${CMAKE_CURRENT_SOURCE_DIR}/include/sk/mutants.h names)
foreach(name IN LISTS names)
    openvsm_freestanding_executable(securekernel-${name} KIND kernel SCRIPT securekernel.lds
        SOURCES ${MUTANT_SOURCE_${name}} $<TARGET_OBJECTS:securekernel-mutants> INCLUDES ${MUTANTS} LIBS ${SECUREKERNEL_LIBS})
    openvsm_sign_kernel(securekernel-${name} ${SECUREKERNEL_IDENTITY} securekernel)
endforeach()
