# iumbase and the trustlets written against it, as programs of the build machine (cmake/OpenVSMTrustletTest.cmake).
set(TRUSTLETS ${CMAKE_SOURCE_DIR}/trustlets)
openvsm_add_trustlet_host_test(hello SOURCES trustlet-hello.c ${TRUSTLETS}/hello/hello.c MANIFEST ${TRUSTLETS}/hello/hello.manifest)
openvsm_add_trustlet_host_test(notes SOURCES trustlet-notes.c ${TRUSTLETS}/notes/notes.c ${TRUSTLETS}/notes/book.c
    MANIFEST ${TRUSTLETS}/notes/notes.manifest INCLUDES ${TRUSTLETS}/notes LIBS iumbase-crypto)
openvsm_add_trustlet_host_test(iumbase SOURCES trustlet-iumbase.c MANIFEST trustlet-iumbase.manifest)
openvsm_add_trustlet_host_test(sealed SOURCES trustlet-sealed.c MANIFEST trustlet-sealed.manifest LIBS iumbase-crypto)

# The allocator that trustlets have; under the harness malloc stands for it.
openvsm_host_test(iumbase-heap SOURCES iumbase-heap.c ${IUM}/iumbase/heap.c ${IUM}/host/wipe.c
    INCLUDES ${IUM}/iumbase/include ${IUM}/iumdll/include)

# The questions to VTL0 over a system call that answers anything; and trustlets that ask, are cancelled and have threads.
openvsm_host_test(iumbase-ask SOURCES iumbase-ask.c ${IUM}/iumbase/ask.c INCLUDES ${IUM}/iumbase/include ${IUM}/iumdll/include)
openvsm_add_trustlet_host_test(asking SOURCES trustlet-asking.c MANIFEST trustlet-asking.manifest)
openvsm_add_trustlet_host_test(fresh SOURCES trustlet-fresh.c MANIFEST trustlet-fresh.manifest)
openvsm_add_trustlet_host_test(threads RAW SOURCES trustlet-threads.c MANIFEST trustlet-threads.manifest)
