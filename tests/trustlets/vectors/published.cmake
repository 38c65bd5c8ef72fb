# The published vectors as a program has them: the files that say and judge them, and what generator/ makes of Debian's package.
#
#   vectors_sources(OUT_SOURCES [SAMPLE])   -> sources for a program, generated ones in the caller's build folder
include_guard(GLOBAL)

function(vectors_sources sources)
    set(folder ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
    file(GLOB generator ${folder}/generator/*.py)
    set(made ${CMAKE_CURRENT_BINARY_DIR}/published)
    set(sample)
    if("SAMPLE" IN_LIST ARGN)
        set(sample --sample)
    endif()
    add_custom_command(OUTPUT ${made}/published.c ${made}/published.bin
        COMMAND ${Python3_EXECUTABLE} -B ${folder}/generator ${made} ${sample}
        DEPENDS ${generator} COMMENT "Published vectors" VERBATIM)
    set(files ${made}/published.c)
    foreach(file IN ITEMS judge.c judge_curve.c judge_derive.c judge_rsa.c judge_symmetric.c published_records.S published_run.c
            set_ed25519.c set_elliptic.c set_kerberos.c set_key_wrap.c set_ntlm.c set_otp.c set_rsa.c sets.c)
        list(APPEND files ${folder}/${file})
    endforeach()
    set_source_files_properties(${made}/published.c PROPERTIES INCLUDE_DIRECTORIES ${folder})
    set_source_files_properties(${folder}/published_records.S PROPERTIES
        INCLUDE_DIRECTORIES ${made} OBJECT_DEPENDS ${made}/published.bin)
    set(${sources} ${files} PARENT_SCOPE)
endfunction()
