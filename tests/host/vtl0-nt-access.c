/* Which rights an ordinary and a secure process are opened with, handles, and what a process says of itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <vtl0/nt_process.h>

#define SECURE_RIGHTS (PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE | PROCESS_TERMINATE)

static void a_secure_process_gives_three_rights(void **state)
{
    uint32_t granted = 0;

    (void)state;
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        bool given = (bit & (SECURE_RIGHTS | MAXIMUM_ALLOWED)) != 0;

        assert_int_equal(nt_access_check(true, bit, &granted), given ? STATUS_SUCCESS : STATUS_ACCESS_DENIED);
        assert_int_equal(nt_access_check(true, bit | PROCESS_TERMINATE, &granted), given ? STATUS_SUCCESS : STATUS_ACCESS_DENIED);
        assert_int_equal(granted & ~SECURE_RIGHTS, 0);
    }
    assert_int_equal(nt_access_check(true, MAXIMUM_ALLOWED, &granted), STATUS_SUCCESS);
    assert_int_equal(granted, SECURE_RIGHTS);
    assert_int_equal(nt_access_check(true, MAXIMUM_ALLOWED | PROCESS_VM_READ, &granted), STATUS_ACCESS_DENIED);
}

static void an_ordinary_process_gives_all(void **state)
{
    uint32_t granted = 0;

    (void)state;
    assert_int_equal(nt_access_check(false, PROCESS_ALL_ACCESS, &granted), STATUS_SUCCESS);
    assert_int_equal(granted, PROCESS_ALL_ACCESS);
    assert_int_equal(nt_access_check(false, PROCESS_VM_READ, &granted), STATUS_SUCCESS);
    assert_int_equal(granted, PROCESS_VM_READ);
    assert_int_equal(nt_access_check(false, PROCESS_QUERY_INFORMATION, &granted), STATUS_SUCCESS);
    assert_int_equal(granted, PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION);
    assert_int_equal(nt_access_check(false, 0, &granted), STATUS_ACCESS_DENIED);
    assert_int_equal(nt_access_check(false, UINT32_C(1) << 31, &granted), STATUS_ACCESS_DENIED);
}

static void handles_carry_what_was_granted(void **state)
{
    struct nt_process caller = { .pid = 4 };
    uint64_t first = 0, second = 0, more;
    uint32_t pid = 0;

    (void)state;
    assert_int_equal(nt_handle_open(&caller, 8, PROCESS_VM_READ, &first), STATUS_SUCCESS);
    assert_int_equal(nt_handle_open(&caller, 12, PROCESS_VM_WRITE, &second), STATUS_SUCCESS);
    assert_true(first != second && first % 4 == 0 && second % 4 == 0 && first != 0);
    assert_int_equal(nt_handle_find(&caller, first, PROCESS_VM_READ, &pid), STATUS_SUCCESS);
    assert_int_equal(pid, 8);
    assert_int_equal(nt_handle_find(&caller, first, PROCESS_VM_READ | PROCESS_VM_WRITE, &pid), STATUS_ACCESS_DENIED);
    assert_int_equal(nt_handle_close(&caller, first), STATUS_SUCCESS);
    assert_int_equal(nt_handle_close(&caller, first), STATUS_INVALID_HANDLE);
    assert_int_equal(nt_handle_find(&caller, first, 0, &pid), STATUS_INVALID_HANDLE);
    assert_int_equal(nt_handle_find(&caller, second + 1, 0, &pid), STATUS_INVALID_HANDLE);
    assert_int_equal(nt_handle_find(&caller, UINT64_MAX, 0, &pid), STATUS_INVALID_HANDLE);
    for (unsigned i = 1; i < NT_HANDLES; i++) {
        assert_int_equal(nt_handle_open(&caller, 8, PROCESS_VM_READ, &more), STATUS_SUCCESS);
    }
    assert_int_equal(nt_handle_open(&caller, 8, PROCESS_VM_READ, &more), STATUS_INSUFFICIENT_RESOURCES);
}

static void the_flag_is_the_trustlet_s(void **state)
{
    const struct nt_process ordinary = { .pid = 16 }, secure = { .pid = 20, .instance = 3 };
    PROCESS_EXTENDED_BASIC_INFORMATION info;

    (void)state;
    nt_process_describe(&ordinary, &info);
    assert_int_equal(info.Size, 64);
    assert_int_equal(info.BasicInfo.UniqueProcessId, 16);
    assert_int_equal(info.Flags, 0);
    nt_process_describe(&secure, &info);
    assert_int_equal(info.BasicInfo.UniqueProcessId, 20);
    assert_int_equal(info.Flags, 0x80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secure_process_gives_three_rights),
        cmocka_unit_test(an_ordinary_process_gives_all),
        cmocka_unit_test(handles_carry_what_was_granted),
        cmocka_unit_test(the_flag_is_the_trustlet_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
