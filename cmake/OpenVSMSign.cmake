# The owner's key and the signing of images.
#
#   owner-key-hash            interface target: #include <keys/owner_key_hash.h>, OWNER_KEY_HASH: initialiser of a uint8_t[32]
#   openvsm_sign_image(TARGET [options of openvsm-sign sign...])
#                             -> TARGET.img beside TARGET's binary, target TARGET-img,
#                                its path in TARGET's property SIGNED_IMAGE
#   openvsm_sign_kernel(TARGET IDENTITY NAME)   the same for a secure kernel
#   openvsm_add_trustlet(NAME SOURCES ... MANIFEST NAME.manifest [INCLUDES ...] [LIBS ...])   -> NAME.elf, NAME.img
#
# The key is made on the first build, lives in the build folder and is never
# part of the repository. An owner with a key of their own sets
# OPENVSM_OWNER_KEY to its file, or signs and runs `openvsm-sign set-owner`
# afterwards (docs/configuration.md).
include_guard(GLOBAL)

set(OPENVSM_OWNER_KEY ${CMAKE_BINARY_DIR}/keys/owner.key CACHE FILEPATH "key that signs what VTL1 runs")
set(OPENVSM_OWNER_PUBLIC ${CMAKE_BINARY_DIR}/keys/owner.pub)
set(OPENVSM_OWNER_HEADER ${CMAKE_BINARY_DIR}/keys/include/keys/owner_key_hash.h)

# What a debug build signs is marked as such, and measured and keyed apart.
set(OPENVSM_SIGN_DEBUG $<$<CONFIG:Debug>:--debug>)

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
function(openvsm_sign_image target)
    set(image ${CMAKE_CURRENT_BINARY_DIR}/${target}.img)
    set(files ${ARGN})
    list(FILTER files INCLUDE REGEX "\\.manifest$")
    add_custom_command(OUTPUT ${image}
        COMMAND ${CMAKE_OBJCOPY} --strip-all $<TARGET_FILE:${target}> ${image}.stripped
        COMMAND openvsm-sign sign --key ${OPENVSM_OWNER_KEY} ${ARGN} ${image}.stripped ${image}
        COMMAND openvsm-sign verify --public ${OPENVSM_OWNER_PUBLIC} ${image}
        DEPENDS ${target} owner-key ${OPENVSM_OWNER_PUBLIC} openvsm-sign ${files}
        COMMENT "Signed image ${target}.img" VERBATIM COMMAND_EXPAND_LISTS)
    add_custom_target(${target}-img ALL DEPENDS ${image})
    set_target_properties(${target} PROPERTIES SIGNED_IMAGE ${image})
endfunction()

function(openvsm_sign_kernel target identity name)
    openvsm_sign_image(${target} --kind securekernel --name ${name} --identity ${identity} --security-version 1
        ${OPENVSM_SIGN_DEBUG})
endfunction()

# The manifest becomes a note of the ELF file; signing takes it from there.
function(openvsm_add_trustlet name)
    cmake_parse_arguments(ARG "" "MANIFEST" "SOURCES;INCLUDES;LIBS" ${ARGN})
    get_filename_component(manifest ${ARG_MANIFEST} ABSOLUTE)
    set(note ${CMAKE_CURRENT_BINARY_DIR}/${name}.note.S)
    add_custom_command(OUTPUT ${note} COMMAND openvsm-sign note ${OPENVSM_SIGN_DEBUG} ${manifest} ${note}
        DEPENDS openvsm-sign ${manifest} COMMENT "Manifest of ${name}" VERBATIM COMMAND_EXPAND_LISTS)
    openvsm_freestanding_executable(${name} KIND user SCRIPT ${IUM_TRUSTLET_SCRIPT} SOURCES ${ARG_SOURCES} ${note}
        INCLUDES ${ARG_INCLUDES} LIBS iumbase ${ARG_LIBS})
    openvsm_sign_image(${name})
    add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.valid
        COMMAND openvsm-validate --owner ${OPENVSM_OWNER_PUBLIC} ${CMAKE_CURRENT_BINARY_DIR}/${name}.img
        COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_CURRENT_BINARY_DIR}/${name}.valid
        DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${name}.img openvsm-validate COMMENT "Gates of ${name}.img" VERBATIM)
    add_custom_target(${name}-valid ALL DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${name}.valid)
endfunction()
