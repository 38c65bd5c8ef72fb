# What the credential vault consists of; its tests and its fuzz target take the same list.
set(CREDVAULT_SOURCES)
foreach(file IN ITEMS
        credvault manage list use                                       # commands
        new new_decode charge policy pin confirm                        # what may be done
        operations op_agree op_kerberos op_kerberos_session op_mac op_ntlm op_otp op_sign op_wrap
        kerberos_fields kerberos_reply kerberos_request session_keys    # what is done
        key_generate key_import key_pair key_password key_rsa key_symmetric der
        ledger ledger_open state audit clock session                    # what is remembered
        record record_blob seal store digest)                           # how it is kept
    list(APPEND CREDVAULT_SOURCES ${CMAKE_CURRENT_LIST_DIR}/${file}.c)
endforeach()
