#include "igor.h"

igor_thread_state igor_thread = {IGOR_ROLE_NONE, NULL, NULL, false, 0};

/* The command line is PHP's own, in php.wasm: it has a SAPI of this name, which stays as it is. */
bool igor_is_command_line(void)
{
	return strcmp(sapi_module.name, "cli") == 0;
}
