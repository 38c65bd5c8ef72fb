# Unit tests of the VTL0 kernel and its ring 3: what is plain parsing and building there.
set(VTL0 ${CMAKE_SOURCE_DIR}/vtl0-kernel)

openvsm_host_test(vtl0-options SOURCES vtl0-options.c ${VTL0}/kernel/options.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-acpi SOURCES vtl0-acpi.c ${VTL0}/kernel/acpi_parse.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-nt-access SOURCES vtl0-nt-access.c ${VTL0}/nt/nt_access.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-elf SOURCES vtl0-elf.c ${VTL0}/kernel/elf.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-hex SOURCES vtl0-hex.c secure-zero.c ${VTL0}/kernel/hex.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-blob-line SOURCES vtl0-blob-line.c secure-zero.c ${VTL0}/vsm/blob_line.c ${VTL0}/kernel/hex.c INCLUDES ${VTL0}/include)
openvsm_host_test(vtl0-credential-line SOURCES vtl0-credential-line.c secure-zero.c ${VTL0}/user/credential_line.c ${VTL0}/kernel/hex.c
    INCLUDES ${VTL0}/include ${VTL0}/user)
openvsm_host_test(vtl0-ntlm-client SOURCES vtl0-ntlm-client.c ${VTL0}/user/ntlm_client.c INCLUDES ${VTL0}/user)

openvsm_host_test(vtl0-blob-store SOURCES vtl0-blob-store.c ${VTL0}/vsm/blob_store.c INCLUDES ${VTL0}/include)

# The client of the vault.
set(CLIENT ${VTL0}/user/vault)
set(CLIENT_LIBRARY secure-zero.c ${CLIENT}/vault_client.c ${CLIENT}/vault_client_credentials.c ${CLIENT}/vault_client_use.c
    ${CLIENT}/vault_exchange.c)
openvsm_host_test(vtl0-vault-line SOURCES vtl0-vault-line.c secure-zero.c ${CLIENT}/vault_line.c ${CLIENT}/vault_words.c ${VTL0}/kernel/hex.c
    INCLUDES ${VTL0}/include ${CLIENT})
openvsm_host_test(vtl0-vault-client SOURCES vtl0-vault-client.c ${CLIENT_LIBRARY} INCLUDES ${CLIENT})
openvsm_host_test(vtl0-vault-words SOURCES vtl0-vault-words.c ${CLIENT}/vault_words.c INCLUDES ${CLIENT})
openvsm_host_test(vtl0-vault-chain SOURCES vtl0-vault-chain.c ${CLIENT}/vault_chain.c INCLUDES ${CLIENT} LIBS crypto-host)
set(CLIENT_CONSOLE ${CLIENT_LIBRARY})
foreach(file IN ITEMS chain console line log policy verbs verbs_kerberos verbs_new verbs_use words)
    list(APPEND CLIENT_CONSOLE ${CLIENT}/vault_${file}.c)
endforeach()
openvsm_host_test(vtl0-vault-console
    SOURCES vtl0-vault-console.c ${CLIENT_CONSOLE} ${VTL0}/user/ntlm_client.c ${VTL0}/kernel/hex.c ${CMAKE_SOURCE_DIR}/lib/format.c
    INCLUDES ${VTL0}/include ${CLIENT} LIBS crypto-host)
