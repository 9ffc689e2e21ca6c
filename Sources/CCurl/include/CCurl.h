#ifndef KILIM_CCURL_H
#define KILIM_CCURL_H

#include <curl/curl.h>

// Swift cannot call functions with a variable number of arguments, and libcurl sets every option through one. Each of
// these passes on an argument of one kind.

CURLcode kilim_curl_set_number(CURL *handle, CURLoption option, long value);
CURLcode kilim_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode kilim_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode kilim_curl_set_on_header(CURL *handle, curl_write_callback callback);
CURLcode kilim_curl_set_on_body(CURL *handle, curl_write_callback callback);
CURLcode kilim_curl_set_on_progress(CURL *handle, curl_xferinfo_callback callback);
CURLcode kilim_curl_set_on_socket(CURL *handle, curl_opensocket_callback callback);

/// Leaves HTTP and HTTPS alone; how that is said depends on the version of libcurl.
CURLcode kilim_curl_allow_web_alone(CURL *handle);

#endif
