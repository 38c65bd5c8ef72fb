# Images with one protection off that are linked once for each mutant of a list,
# from objects that are compiled once.
#
#   openvsm_mutant_numbers(LIST.h names)   -> names: of the list's mutants; MUTANT_SOURCE_<name>: the object's source that says which one it is
include_guard(GLOBAL)

function(openvsm_mutant_numbers list names)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
    file(READ ${list} text)
    string(REGEX MATCHALL "M\\([0-9]+, [A-Z0-9_]+, \"[a-z0-9-]+\"\\)" rows "${text}")
    set(found)
    foreach(row IN LISTS rows)
        string(REGEX MATCH "M\\(([0-9]+), [A-Z0-9_]+, \"([a-z0-9-]+)\"\\)" matched "${row}")
        set(source ${CMAKE_CURRENT_BINARY_DIR}/mutants/${CMAKE_MATCH_2}.c)
        file(CONFIGURE OUTPUT ${source} CONTENT "#include <linked_mutant.h>\n\nconst uint32_t linked_mutant = ${CMAKE_MATCH_1};\n")
        list(APPEND found ${CMAKE_MATCH_2})
        set(MUTANT_SOURCE_${CMAKE_MATCH_2} ${source} PARENT_SCOPE)
    endforeach()
    set(${names} ${found} PARENT_SCOPE)
endfunction()
