/* Names of request headers: seen once, kept for the lifetime of the thread. */
#ifndef IGOR_HEADER_NAMES_H
#define IGOR_HEADER_NAMES_H

#include "request.h"

typedef struct {
	zend_string *variable;  /* HTTP_ACCEPT_LANGUAGE */
	zend_string *canonical; /* Accept-Language, the spelling of FrankenPHP's frankenphp_request_headers() */
	bool kept;              /* false: the cache is full, release both with igor_header_name_release() */
} igor_header_name;

igor_header_name igor_header_name_of(igor_text name);
void igor_header_name_release(igor_header_name name);

#endif
