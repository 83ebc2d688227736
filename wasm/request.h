/* The HTTP request that this thread serves: its head, and the views PHP needs on it. */
#ifndef IGOR_REQUEST_H
#define IGOR_REQUEST_H

#include "igor.h"

typedef struct {
	const char *bytes; /* NUL-terminated */
	uint32_t length;
} igor_text;

typedef struct {
	igor_text name;
	igor_text value;
} igor_header;

/* Every text points into one static buffer, valid until the next igor_request_next(). */
typedef struct {
	bool open; /* a head was read and IGOR_RESPONSE_END has not been sent */
	uint32_t flags;
	double content_length;
	double time;
	uint32_t server_port;
	uint32_t remote_port;
	uint32_t protocol;
	igor_text method, request_uri, query_string, script_filename, script_name;
	igor_text path_info, document_root, server_name, server_addr, remote_addr, ssl_protocol, ssl_cipher;
	uint32_t header_count;
	igor_header *headers; /* without those that have '_' or '.' in their name */
	uint32_t variable_count;
	igor_header *variables; /* of its environment */
} igor_request;

extern igor_request igor_current_request;

/* Blocks for the next request and fills SG(request_info). False: the role has to end. */
bool igor_request_next(void);

/* The first header of this name (lower case), or NULL. */
const igor_header *igor_request_find_header(const char *lower_name, uint32_t length);

/* Callbacks of the SAPI. */
char *igor_request_read_cookies(void);
size_t igor_request_read_post(char *destination, size_t capacity);

#endif
