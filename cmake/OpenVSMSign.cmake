# The owner's key and the signing of images.
#
#   owner-key-hash          interface target: #include <keys/owner_key_hash.h>, OWNER_KEY_HASH: initialiser of a uint8_t[32]
#   openvsm_sign_image(TARGET KIND NAME IDENTITY
#       [SECURITY_VERSION n] [HEAP_PAGES n] [STACK_PAGES n] [MAX_SESSIONS n] [MAX_INSTANCES n] [SYSCALLS mask])
#                             -> TARGET.img beside TARGET's binary, target TARGET-img,
#                                its path in TARGET's property SIGNED_IMAGE
#
# The key is made on the first build, lives in the build folder and is never
# part of the repository. An owner with a key of their own sets
# OPENVSM_OWNER_KEY to its file.
include_guard(GLOBAL)

set(OPENVSM_OWNER_KEY ${CMAKE_BINARY_DIR}/keys/owner.key CACHE FILEPATH "Ed25519 key that signs what VTL1 runs")
set(OPENVSM_OWNER_PUBLIC ${CMAKE_BINARY_DIR}/keys/owner.pub)
set(OPENVSM_OWNER_HEADER ${CMAKE_BINARY_DIR}/keys/include/keys/owner_key_hash.h)

# --keep: a rebuilt tool must not replace the key, only write the public half again.
add_custom_command(OUTPUT ${OPENVSM_OWNER_PUBLIC} ${OPENVSM_OWNER_HEADER}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/keys/include/keys
    COMMAND openvsm-sign keygen --keep ${OPENVSM_OWNER_KEY} ${OPENVSM_OWNER_PUBLIC}
    COMMAND openvsm-sign header ${OPENVSM_OWNER_PUBLIC} ${OPENVSM_OWNER_HEADER}
    DEPENDS openvsm-sign COMMENT "The owner's key" VERBATIM)
add_custom_target(owner-key DEPENDS ${OPENVSM_OWNER_PUBLIC} ${OPENVSM_OWNER_HEADER})
add_library(owner-key-hash INTERFACE)
target_include_directories(owner-key-hash INTERFACE ${CMAKE_BINARY_DIR}/keys/include)
add_dependencies(owner-key-hash owner-key)

# Debugging information stays behind: what is signed is what VTL1 has to hold.
function(openvsm_sign_image target kind name identity)
    cmake_parse_arguments(ARG "" "SECURITY_VERSION;HEAP_PAGES;STACK_PAGES;MAX_SESSIONS;MAX_INSTANCES;SYSCALLS" "" ${ARGN})
    set(options --kind ${kind} --name ${name} --identity ${identity} --security-version 1)
    if(kind STREQUAL trustlet)
        list(APPEND options --heap-pages 0 --stack-pages 4 --max-sessions 1 --max-instances 1 --syscalls 0)
    endif()
    # A later option replaces an earlier one.
    foreach(limit IN ITEMS SECURITY_VERSION HEAP_PAGES STACK_PAGES MAX_SESSIONS MAX_INSTANCES SYSCALLS)
        if(DEFINED ARG_${limit})
            string(TOLOWER ${limit} option)
            string(REPLACE _ - option ${option})
            list(APPEND options --${option} ${ARG_${limit}})
        endif()
    endforeach()
    set(image ${CMAKE_CURRENT_BINARY_DIR}/${target}.img)
    add_custom_command(OUTPUT ${image}
        COMMAND ${CMAKE_OBJCOPY} --strip-all $<TARGET_FILE:${target}> ${image}.stripped
        COMMAND openvsm-sign sign --key ${OPENVSM_OWNER_KEY} ${options} ${image}.stripped ${image}
        COMMAND openvsm-sign verify --public ${OPENVSM_OWNER_PUBLIC} ${image}
        DEPENDS ${target} owner-key ${OPENVSM_OWNER_PUBLIC} openvsm-sign COMMENT "Signed image ${target}.img" VERBATIM)
    add_custom_target(${target}-img ALL DEPENDS ${image})
    set_target_properties(${target} PROPERTIES SIGNED_IMAGE ${image})
endfunction()
