#include "igor.h"

/* No HTTP request is ever open here: output, errors and header() are handled by script.c and sapi.c. */
static int32_t run(const char *script, const char *name, bool is_background)
{
	char *argv[] = {(char *) script, (char *) name, NULL};
	int32_t status;

	igor_script_prepare(IGOR_ROLE_SIDEKICK, script);
	igor_thread.sidekick_name = name;
	igor_thread.is_background = is_background;
	status = igor_script_run_detached(script, 2, argv);
	igor_script_finish();
	return status;
}

int32_t igor_entry_sidekick(const char *script, const char *name)
{
	return run(script, name, false);
}

int32_t igor_entry_background(const char *script, const char *name)
{
	return run(script, name, true);
}
