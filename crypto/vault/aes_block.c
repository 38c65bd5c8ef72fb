#include <crypto/aes_block.h>

#include <lib/string.h>

bool aes_block_open(struct aes_block *aes, enum aes_direction direction, const uint8_t *key, size_t key_size)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    aes->direction = direction;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECB_NO_PADDING);
    psa_set_key_usage_flags(&attributes, direction == AES_ENCRYPT ? PSA_KEY_USAGE_ENCRYPT : PSA_KEY_USAGE_DECRYPT);
    return psa_import_key(&attributes, key, key_size, &aes->id) == PSA_SUCCESS;
}

bool aes_block_run(const struct aes_block *aes, const uint8_t from[AES_BLOCK_SIZE], uint8_t to[AES_BLOCK_SIZE])
{
    uint8_t block[AES_BLOCK_SIZE];
    size_t size = 0;
    psa_status_t status;

    memcpy(block, from, sizeof(block));
    status = aes->direction == AES_ENCRYPT
                 ? psa_cipher_encrypt(aes->id, PSA_ALG_ECB_NO_PADDING, block, sizeof(block), to, AES_BLOCK_SIZE, &size)
                 : psa_cipher_decrypt(aes->id, PSA_ALG_ECB_NO_PADDING, block, sizeof(block), to, AES_BLOCK_SIZE, &size);
    secure_zero(block, sizeof(block));
    return status == PSA_SUCCESS && size == AES_BLOCK_SIZE;
}

void aes_block_close(struct aes_block *aes)
{
    psa_destroy_key(aes->id);
    aes->id = PSA_KEY_ID_NULL;
}
