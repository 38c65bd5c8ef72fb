# The credential vault's parts: keys and operations, each by itself (trustlets/credvault).
set(VAULT ${CMAKE_SOURCE_DIR}/trustlets/credvault)
set(VAULT_INCLUDES ${VAULT} ${CMAKE_CURRENT_SOURCE_DIR}/crypto)
set(VAULT_SUPPORT crypto/support.c crypto/hex.c)
set(VAULT_KEYS ${VAULT}/der.c ${VAULT}/key_generate.c ${VAULT}/key_import.c ${VAULT}/key_pair.c ${VAULT}/key_password.c
    ${VAULT}/key_rsa.c ${VAULT}/key_symmetric.c)

openvsm_host_test(vault-session-keys SOURCES vault-session-keys.c ${VAULT}/session_keys.c ${VAULT_SUPPORT}
    INCLUDES ${VAULT_INCLUDES} LIBS crypto-host)
openvsm_host_test(vault-der SOURCES vault-der.c ${VAULT}/der.c INCLUDES ${VAULT_INCLUDES})
openvsm_host_test(vault-keys SOURCES vault-keys.c ${VAULT_KEYS} ${VAULT_SUPPORT} INCLUDES ${VAULT_INCLUDES} LIBS crypto-host)
openvsm_host_test(vault-password SOURCES vault-password.c ${VAULT_KEYS} ${VAULT_SUPPORT} INCLUDES ${VAULT_INCLUDES} LIBS crypto-host)

# Uses of a credential, without policy and storage.
set(VAULT_USE vault-use.c ${VAULT_KEYS} ${VAULT_SUPPORT})
foreach(file IN ITEMS kerberos_fields kerberos_reply kerberos_request op_agree op_kerberos op_kerberos_session op_mac op_ntlm op_otp op_sign
        op_wrap operations session_keys)
    list(APPEND VAULT_USE ${VAULT}/${file}.c)
endforeach()
foreach(name IN ITEMS operations sign agree)
    openvsm_host_test(vault-${name} SOURCES vault-${name}.c ${VAULT_USE} INCLUDES ${VAULT_INCLUDES} LIBS crypto-host)
endforeach()
openvsm_host_test(vault-kerberos SOURCES vault-kerberos.c vault-kdc.c vault-write.c ${VAULT_USE}
    INCLUDES ${VAULT_INCLUDES} LIBS crypto-host)
openvsm_host_test(vault-kerberos-forms SOURCES vault-kerberos-forms.c vault-kdc.c vault-write.c ${VAULT_USE}
    INCLUDES ${VAULT_INCLUDES} LIBS crypto-host)
openvsm_host_test(vault-rsa SOURCES vault-rsa.c vault-write.c ${VAULT_KEYS} ${VAULT_SUPPORT}
    INCLUDES ${VAULT_INCLUDES} LIBS crypto-host)
openvsm_host_test(vault-leftovers SOURCES vault-leftovers.c vault-kdc.c vault-write.c ${VAULT_USE}
    INCLUDES ${VAULT_INCLUDES} LIBS crypto-host)
