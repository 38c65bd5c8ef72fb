# The fuzzers' seeds that are enums in abi/: each name with that beginning, in a list of its own.
include_guard(GLOBAL)

set(OPENVSM_FUZZ_LISTS ${CMAKE_BINARY_DIR}/fuzz-lists)
function(openvsm_fuzz_list header beginning output)
    set(from ${CMAKE_SOURCE_DIR}/abi/include/abi/${header})
    file(STRINGS ${from} lines REGEX "^    ${beginning}[A-Z0-9_]+ = ")
    list(TRANSFORM lines REPLACE "^    (${beginning}[A-Z0-9_]+) = .*" "\\1,\n")
    list(JOIN lines "" text)
    file(CONFIGURE OUTPUT ${OPENVSM_FUZZ_LISTS}/${output} CONTENT "${text}" @ONLY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${from})
endfunction()
openvsm_fuzz_list(tlfs.h HV_MSR_ fuzz_msrs.inc)
openvsm_fuzz_list(hypercalls.h HV_STATUS_ fuzz_statuses.inc)
