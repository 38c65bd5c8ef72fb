/*
 * The registers of a TPM with a FIFO interface, for code that reads and writes them as memory: each access to the page stops in the
 * model, which gives what is read and takes what is written (TCG PC Client Platform TPM Profile, "FIFO Interface"). It can be told to lie.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_MOST 64u

enum model_step { MODEL_IDLE, MODEL_READY, MODEL_COMMAND, MODEL_ANSWERING };

struct model_tis {
    bool absent;                 /* a bus without a device */
    bool locality;               /* asked for */
    bool endless;                /* says that there is data when there is none left; it reads as 0xDD */
    uint32_t burst;              /* what STS says */
    enum model_step step;
    uint8_t command[MODEL_MOST]; /* received so far */
    size_t command_size;
    uint8_t answer[MODEL_MOST];
    size_t answer_size, read;    /* FIFO was read so often while answering */
    unsigned ends;               /* commandReady was written so often while a command was there */
};

extern struct model_tis model;

/* The page of registers, with an empty model behind it. */
volatile uint8_t *model_registers(void);
