#include <ium/log.h>

#include <ium/syscalls.h>
#include <ium/text.h>

void ium_print(const char *text)
{
    size_t length = strlen(text);

    ium_log(text, length < IUM_MAX_LOG ? length : IUM_MAX_LOG);
}

void ium_printf(const char *text, ...)
{
    char line[IUM_MAX_LOG + 1];
    va_list arguments;

    va_start(arguments, text);
    ium_log(line, format_v(line, sizeof(line), text, arguments));
    va_end(arguments);
}
