#ifndef IGOR_PROCESSES_H
#define IGOR_PROCESSES_H

#include "igor.h"

/* exec.c, popen.c, proc_open.c, proc_resource.c: handlers for PHP's functions */
ZEND_FUNCTION(igor_exec);
ZEND_FUNCTION(igor_system);
ZEND_FUNCTION(igor_passthru);
ZEND_FUNCTION(igor_shell_exec);
ZEND_FUNCTION(igor_popen);
ZEND_FUNCTION(igor_pclose);
ZEND_FUNCTION(igor_proc_open);
ZEND_FUNCTION(igor_proc_close);
ZEND_FUNCTION(igor_proc_get_status);
ZEND_FUNCTION(igor_proc_terminate);
void igor_popen_startup(void);

#endif
