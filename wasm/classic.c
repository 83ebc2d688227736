#include "igor.h"
#include "request.h"
#include "response.h"

static void serve_request(void)
{
	zend_file_handle file;

	if (!igor_request_startup()) {
		php_request_shutdown(NULL);
		igor_response_end();
		return;
	}
	igor_chdir_to_script(igor_current_request.script_filename.bytes);
	zend_stream_init_filename(&file, igor_current_request.script_filename.bytes);
	file.primary_script = true;
	zend_first_try {
		php_execute_script(&file);
	} zend_end_try();
	/* Also of a script that is not there: with display_errors on, the status would be 200. */
	igor_response_mark_failure();
	/* Before the shutdown, which frees the handle's memory. */
	zend_destroy_file_handle(&file);
	php_request_shutdown(NULL);
	/* Again: output callbacks may have failed meanwhile. */
	igor_response_mark_failure();
	igor_response_end();
}

int32_t igor_entry_classic(void)
{
	igor_script_prepare(IGOR_ROLE_CLASSIC, NULL);
	while (igor_request_next()) {
		serve_request();
	}
	igor_script_finish();
	return 0;
}
