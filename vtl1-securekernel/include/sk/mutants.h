/* The secure kernel's protections that have a mutant: an image for each, build/vtl1-securekernel/securekernel-NAME.img. */
#pragma once

#define MUTANT_LIST(M)                                                                                               \
    M(1, ADDRESSES_UNCHECKED, "addresses-unchecked")       /* any page that VTL0 names is its own */                 \
    M(2, FRAMES_READ_TWICE, "frames-read-twice")           /* a call's frame is read again once it is checked */     \
    M(3, FRAMES_KEPT, "frames-kept")                       /* VTL1's copy of a frame stays */                        \
    M(4, INPUT_SIZES_UNCHECKED, "input-sizes-unchecked")   /* a request's size has no limits */                      \
    M(5, OUTPUT_SIZES_UNCHECKED, "output-sizes-unchecked") /* nor has the room for its answer */                     \
    M(6, OUTPUT_CHECKED_ONCE, "output-checked-once")       /* a large call's output pages may go in between */       \
    M(7, SESSIONS_SHARED, "sessions-shared")               /* a session has several calls at a time */               \
    M(8, HANDLES_REPEAT, "handles-repeat")                 /* a handle comes again after 16 */                       \
    M(9, ANSWERS_TWICE, "answers-twice")                   /* a call's handle is good more than once */              \
    M(10, REPLIES_UNCHECKED, "replies-unchecked")          /* VTL0's answer need not fit the question */             \
    M(11, REGISTERS_LEFT, "registers-left")                /* VTL0 finds a pointer of VTL1 in R15 */                 \
    M(12, FREED_KEPT, "freed-kept")                        /* pages are not wiped when they are freed */             \
    M(13, DONATED_SHARED, "donated-shared")                /* VTL0 keeps its rights to what it donates */            \
    M(14, DONATED_UNWIPED, "donated-unwiped")              /* what VTL0 wrote into it stays */                       \
    M(15, FILES_READ_TWICE, "files-read-twice")            /* a trustlet's file is copied again once checked */      \
    M(16, TRUSTLETS_UNSIGNED, "trustlets-unsigned")        /* a trustlet's signature need not match */               \
    M(17, TRUSTLETS_BY_ANYONE, "trustlets-by-anyone")      /* nor be by the owner's key */                           \
    M(18, TRUSTLETS_OF_ANY_KIND, "trustlets-of-any-kind")  /* nor be for a trustlet */                               \
    M(19, TRUSTLETS_OF_ANY_AGE, "trustlets-of-any-age")    /* the owner's floors are ignored */                      \
    M(20, INSTANCES_UNLIMITED, "instances-unlimited")      /* more instances than it was signed for */               \
    M(21, OWNERS_ENDABLE, "owners-endable")                /* VTL0 ends the owner's trustlets */                     \
    M(22, POINTERS_UNCHECKED, "pointers-unchecked")        /* a system call takes any address */                     \
    M(23, MAPS_ANYWHERE, "maps-anywhere")                  /* MAP and PROTECT work outside the image */              \
    M(24, SYSCALLS_OPEN, "syscalls-open")                  /* a trustlet has every system call */                    \
    M(25, LOG_RAW, "log-raw")                              /* a trustlet's line may hold control bytes */            \
    M(26, PLACES_FIXED, "places-fixed")                    /* image, heap and stack are where they always are */     \
    M(27, PAGES_UNLIMITED, "pages-unlimited")              /* no quota of pages */                                   \
    M(28, HANDLES_UNLIMITED, "handles-unlimited")          /* no quota of sessions and threads */                    \
    M(29, TIME_UNLIMITED, "time-unlimited")                /* no limit of a call's time */                           \
    M(30, IOPL_OPEN, "iopl-open")                          /* ring 3 has IOPL 3 */                                   \
    M(31, FLAGS_KEPT, "flags-kept")                        /* SYSCALL leaves DF and AC as ring 3 had them */         \
    M(32, SMEP_OFF, "smep-off")                            /* ring 0 runs ring 3's pages */                          \
    M(33, SMAP_OFF, "smap-off")                            /* ring 0 reads and writes ring 3's pages */              \
    M(34, UMIP_OFF, "umip-off")                            /* ring 3 has SGDT and SIDT */                            \
    M(35, VECTORS_OPEN, "vectors-open")                    /* ring 3 has VTL0's vector registers */                  \
    M(36, KEYS_SHARED, "keys-shared")                      /* a key is the same for each trustlet */                 \
    M(37, KEYS_OF_ANY_VERSION, "keys-of-any-version")      /* nor is it bound to the security version */             \
    M(38, KEYS_OF_DEBUG, "keys-of-debug")                  /* a debug build has the release's keys */                \
    M(39, ROOT_KEPT, "root-kept")                          /* the TPM's secret stays in the boot block */            \
    M(40, TPM_SHARED, "tpm-shared")                        /* VTL0 keeps the TPM's pages */                          \
    M(41, KERNEL_OPEN, "kernel-open")                      /* the kernel's half is ring 3's; no SMEP, no SMAP */     \
    M(42, PROCESSES_SHARE, "processes-share")              /* a new process has the tables of one that lives */      \
    M(43, REQUESTS_READ_TWICE, "requests-read-twice")      /* a normal call's number is read again once checked */   \
    M(44, RING0_TRUSTLETS, "ring0-trustlets")              /* ring 3 is entered with the kernel's selectors */       \
    M(45, GATES_OPEN, "gates-open")                        /* INT n of ring 3 goes through every gate */             \
    M(46, SELECTORS_OPEN, "selectors-open")                /* ring 3 has one more segment, of 32-bit code */         \
    M(47, STACKS_ADJACENT, "stacks-adjacent")              /* nothing is between the stacks of a process */          \
    M(48, DATA_EXECUTABLE, "data-executable")              /* ring 3's memory has no NX */                           \
    M(49, CODE_WRITABLE, "code-writable")                  /* all of ring 3's memory is writable */                  \
    M(50, THREADS_BEGIN_ANYHOW, "threads-begin-anyhow")    /* a thread finds a pointer of the kernel in R15 */       \
    M(51, THREADS_UNLIMITED, "threads-unlimited")          /* more threads than sessions */                          \
    M(52, PAGES_LOST, "pages-lost")                        /* a thread's pages stay taken when it is gone */         \
    M(53, FAULTS_STOP, "faults-stop")                      /* an exception of ring 3 counts as one of ring 0 */      \
    M(54, NUMBERS_CUT, "numbers-cut")                      /* of a system call's number 32 bits count */             \
    M(55, LOADER_CALLS_OPEN, "loader-calls-open")          /* the IUM loader's calls are a trustlet's too */         \
    M(56, FRESHNESS_SHARED, "freshness-shared")            /* without a TPM: one record for everybody */             \
    M(57, BASES_OPEN, "bases-open")                        /* ring 3 has WRGSBASE */                                 \
    M(58, VERSIONS_UNCHECKED, "versions-unchecked")        /* a frame may be of any version */                       \
    M(59, RESERVED_UNCHECKED, "reserved-unchecked")        /* a frame's reserved bytes need not be zero */           \
    M(60, REPLIES_OVERRUN, "replies-overrun")              /* a reply may be larger than VTL0's room for it */       \
    M(61, SESSIONS_ANY, "sessions-any")                    /* a handle that nobody has finds a session */            \
    M(62, TRUSTLETS_ANY, "trustlets-any")                  /* an identity that nobody has finds a trustlet */        \
    M(63, GIFTS_FORGOTTEN, "gifts-forgotten")              /* a page that VTL0 gave still counts as VTL0's */        \
    M(64, GIFTS_REPEAT, "gifts-repeat")                    /* a page may be twice in one donation */

enum mutant {
    MUTANT_NONE = 0,
#define M(number, name, text) MUTANT_##name = (number),
    MUTANT_LIST(M)
#undef M
};
