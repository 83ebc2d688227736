#include "request.h"
#include "response.h"

igor_request igor_current_request;

/* The layout of the head's fixed part; the texts follow. All fields are naturally aligned, WASM is little endian. */
typedef struct {
	uint32_t header_count;
	uint32_t flags;
	double content_length;
	double request_time;
	uint32_t server_port;
	uint32_t remote_port;
	uint32_t protocol;
	uint32_t variable_count;
	char texts[];
} request_head;

/* Never freed: one per thread. The list of headers only grows. */
static char *head_bytes; /* aligned by malloc() */
static uint32_t header_capacity;
static uint32_t variable_capacity;
static char *joined_cookies;

static igor_text next_text(const char **cursor)
{
	igor_text text = {*cursor, (uint32_t) strlen(*cursor)};

	*cursor += text.length + 1;
	return text;
}

static bool name_is(igor_text name, const char *lower_name, uint32_t length)
{
	return name.length == length && zend_binary_strcasecmp(name.bytes, length, lower_name, length) == 0;
}

const igor_header *igor_request_find_header(const char *lower_name, uint32_t length)
{
	const igor_request *request = &igor_current_request;

	for (uint32_t i = 0; i < request->header_count; i++) {
		if (name_is(request->headers[i].name, lower_name, length)) {
			return &request->headers[i];
		}
	}
	return NULL;
}

/*
 * PHP turns both '-' and '.' into an underscore, so "X_A", "X.A" and "X-A" would all become HTTP_X_A, and a client could
 * forge a proxy's header: only the spelling with '-' counts. Caddy drops '_', too.
 */
static bool is_ambiguous(igor_text name)
{
	return memchr(name.bytes, '_', name.length) != NULL || memchr(name.bytes, '.', name.length) != NULL;
}

static const char *parse_headers(const char *cursor, uint32_t count, const char *end)
{
	igor_request *request = &igor_current_request;

	if (count > header_capacity) {
		header_capacity = count < 64 ? 64 : count;
		request->headers = perealloc(request->headers, header_capacity * sizeof(igor_header), true);
	}
	request->header_count = 0;
	for (uint32_t i = 0; i < count && cursor < end; i++) {
		igor_header header;

		header.name = next_text(&cursor);
		header.value = next_text(&cursor);
		if (!is_ambiguous(header.name)) {
			request->headers[request->header_count++] = header;
		}
	}
	return cursor;
}

static void parse_variables(const char *cursor, uint32_t count, const char *end)
{
	igor_request *request = &igor_current_request;

	if (count > variable_capacity) {
		variable_capacity = count;
		request->variables = perealloc(request->variables, variable_capacity * sizeof(igor_header), true);
	}
	request->variable_count = 0;
	while (request->variable_count < count && cursor < end) {
		igor_header *variable = &request->variables[request->variable_count++];

		variable->name = next_text(&cursor);
		variable->value = next_text(&cursor);
	}
}

static void parse_head(const char *end)
{
	igor_request *request = &igor_current_request;
	const request_head *head = (const request_head *) head_bytes;
	const char *cursor = head->texts;

	request->flags = head->flags;
	request->content_length = head->content_length;
	request->time = head->request_time;
	request->server_port = head->server_port;
	request->remote_port = head->remote_port;
	request->protocol = head->protocol;
	request->method = next_text(&cursor);
	request->request_uri = next_text(&cursor);
	request->query_string = next_text(&cursor);
	request->script_filename = next_text(&cursor);
	request->script_name = next_text(&cursor);
	request->path_info = next_text(&cursor);
	request->document_root = next_text(&cursor);
	request->server_name = next_text(&cursor);
	request->server_addr = next_text(&cursor);
	request->remote_addr = next_text(&cursor);
	request->ssl_protocol = next_text(&cursor);
	request->ssl_cipher = next_text(&cursor);
	cursor = parse_headers(cursor, head->header_count, end);
	parse_variables(cursor, head->variable_count, end);
}

static void fill_request_info(void)
{
	const igor_request *request = &igor_current_request;
	const igor_header *content_type = igor_request_find_header("content-type", sizeof("content-type") - 1);
	const igor_header *authorization = igor_request_find_header("authorization", sizeof("authorization") - 1);

	igor_clear_request_info();
	/* Not NULL: PHP reads the body, and asks for the request's time, only when there is a context. */
	SG(server_context) = &igor_current_request;
	SG(request_info).request_method = request->method.bytes;
	SG(request_info).query_string = (char *) request->query_string.bytes;
	SG(request_info).request_uri = (char *) request->request_uri.bytes;
	SG(request_info).path_translated = (char *) request->script_filename.bytes;
	SG(request_info).content_type = content_type ? content_type->value.bytes : NULL;
	SG(request_info).content_length = request->content_length > 0 ? (zend_long) request->content_length : 0;
	SG(request_info).proto_num = (int) request->protocol;
	SG(sapi_headers).http_response_code = 200;
	/* Copies user and password with estrdup(): sapi_deactivate() frees them. */
	php_handle_auth_data(authorization ? authorization->value.bytes : NULL);
}

bool igor_request_next(void)
{
	int32_t length;

	if (head_bytes == NULL) {
		head_bytes = pemalloc(IGOR_REQUEST_HEAD_MAX + 1, true);
	}
	length = igor_host_next_request(head_bytes, IGOR_REQUEST_HEAD_MAX);
	if (length < (int32_t) sizeof(request_head)) {
		return false;
	}
	head_bytes[length] = '\0';
	parse_head(head_bytes + length);
	igor_current_request.open = true;
	igor_response_begin();
	fill_request_info();
	return true;
}

/* HTTP/2 clients may send one cookie header per cookie; PHP wants one text, and never frees it. */
char *igor_request_read_cookies(void)
{
	static const char name[] = "cookie";
	const igor_request *request = &igor_current_request;
	const igor_header *first;
	size_t length = 0;
	char *end;

	if (SG(server_context) == NULL || (first = igor_request_find_header(name, sizeof(name) - 1)) == NULL) {
		return NULL;
	}
	for (const igor_header *header = first; header < request->headers + request->header_count; header++) {
		if (name_is(header->name, name, sizeof(name) - 1)) {
			length += header->value.length + 2;
		}
	}
	if (length == first->value.length + 2) {
		return (char *) first->value.bytes;
	}
	joined_cookies = end = perealloc(joined_cookies, length, true);
	for (const igor_header *header = first; header < request->headers + request->header_count; header++) {
		if (name_is(header->name, name, sizeof(name) - 1)) {
			if (header != first) {
				*end++ = ';';
				*end++ = ' ';
			}
			memcpy(end, header->value.bytes, header->value.length);
			end += header->value.length;
		}
	}
	*end = '\0';
	return joined_cookies;
}

/* PHP takes a short read for the end of the body: so fill the whole buffer unless this is the end. */
size_t igor_request_read_post(char *destination, size_t capacity)
{
	size_t total = 0;

	if (!(igor_current_request.flags & IGOR_REQUEST_HAS_BODY)) {
		return 0;
	}
	while (total < capacity && igor_current_request.open) {
		int32_t count = igor_host_read_body(destination + total, (uint32_t) (capacity - total));

		if (count <= 0) {
			if (count < 0) {
				PG(connection_status) |= PHP_CONNECTION_ABORTED;
			}
			/* The host has nothing more: do not ask again, as sapi_deactivate() would. */
			igor_current_request.flags &= ~IGOR_REQUEST_HAS_BODY;
			break;
		}
		total += (size_t) count;
	}
	return total;
}
