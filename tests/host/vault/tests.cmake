# The whole credential vault, with a VTL0 that keeps its blobs.
set(VAULT ${CMAKE_SOURCE_DIR}/trustlets/credvault)
include(${VAULT}/sources.cmake)

function(vault_test name)
    openvsm_add_trustlet_host_test(vault-${name} SOURCES vault/trustlet-vault-${name}.c vault/vault.c vault/vtl0.c ${CREDVAULT_SOURCES}
        MANIFEST ${VAULT}/credvault.manifest INCLUDES ${VAULT} ${CMAKE_CURRENT_SOURCE_DIR}/vault LIBS iumbase-crypto)
endfunction()

vault_test(commands)
vault_test(blobs)
vault_test(cuts)
vault_test(policy)
vault_test(audit)
vault_test(requests)
vault_test(memory)
