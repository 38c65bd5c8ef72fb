#include "stores.h"

void guest_store8(void);
void guest_store16(void);
void guest_store32(void);
void guest_store64(void);
void guest_store_imm(void);
void guest_xchg(void);
void guest_or(void);
void guest_bts(void);
void guest_stos(void);

const struct store stores[] = {
    { "mov8", guest_store8 },     { "mov16", guest_store16 }, { "mov32", guest_store32 },
    { "mov64", guest_store64 },   { "mov-imm", guest_store_imm }, { "xchg", guest_xchg },
    { "or", guest_or },           { "lock-bts", guest_bts },  { "stos", guest_stos },
};

const size_t store_count = sizeof(stores) / sizeof(stores[0]);
