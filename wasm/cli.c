#include "igor.h"

int32_t igor_entry_cli(const char *script, int32_t argc, char **argv)
{
	int32_t status;

	igor_script_prepare(IGOR_ROLE_CLI, script);
	sapi_module.phpinfo_as_text = 1;
	status = igor_script_run_detached(IGOR_ROLE_CLI, script, argc, argv);
	igor_script_finish();
	return status;
}

static void register_stream(const char *constant, const char *url, const char *mode)
{
	php_stream *stream = php_stream_open_wrapper_ex(url, mode, 0, NULL, NULL);
	zend_constant entry = {0};

	if (stream == NULL) {
		return;
	}
	/* The constant owns the stream; constants without CONST_PERSISTENT end with the request. */
	php_stream_to_zval(stream, &entry.value);
	ZEND_CONSTANT_SET_FLAGS(&entry, 0, 0);
	entry.name = zend_string_init_interned(constant, strlen(constant), false);
	zend_register_constant(&entry);
}

void igor_cli_register_streams(void)
{
	register_stream("STDIN", "php://stdin", "rb");
	register_stream("STDOUT", "php://stdout", "wb");
	register_stream("STDERR", "php://stderr", "wb");
}
