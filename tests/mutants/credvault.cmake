# The vault without one of its protections: credvault-NAME.img for each. Included by trustlets/credvault.
include(${CMAKE_SOURCE_DIR}/tests/mutants/linked.cmake)
set(MUTANTS ${CMAKE_SOURCE_DIR}/tests/mutants/include)

add_library(credvault-mutants OBJECT ${CREDVAULT_SOURCES} ${CMAKE_CURRENT_BINARY_DIR}/credvault.note.S)
openvsm_freestanding_options(credvault-mutants user)
target_compile_options(credvault-mutants PRIVATE ${OPENVSM_WARNINGS})
target_include_directories(credvault-mutants PRIVATE ${MUTANTS} ${MUTANTS}/vault ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(credvault-mutants PRIVATE iumbase iumbase-crypto)

openvsm_mutant_numbers(${CMAKE_CURRENT_SOURCE_DIR}/vault_mutants.h names)
foreach(name IN LISTS names)
    openvsm_freestanding_executable(credvault-${name} KIND user SCRIPT ${IUM_TRUSTLET_SCRIPT}
        SOURCES ${MUTANT_SOURCE_${name}} $<TARGET_OBJECTS:credvault-mutants> INCLUDES ${MUTANTS} LIBS iumbase iumbase-crypto)
    openvsm_sign_image(credvault-${name})
endforeach()
