#ifndef KILIM_CJPEG_H
#define KILIM_CJPEG_H
#include <stdio.h>
#include <jpeglib.h>
#endif
