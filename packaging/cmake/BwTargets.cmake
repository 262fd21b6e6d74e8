# SPDX-License-Identifier: GPL-3.0-or-later
# The only way to make a library here, and the flags that every target shares.

add_library(bw_flags INTERFACE)
target_compile_features(bw_flags INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
target_compile_options(bw_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -fstack-protector-strong
  $<$<BOOL:${BW_WERROR}>:-Werror>)
target_compile_definitions(bw_flags INTERFACE
  _GLIBCXX_ASSERTIONS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING
  QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_DISABLE_DEPRECATED_BEFORE=0x060400
  JSON_USE_IMPLICIT_CONVERSIONS=0)
if(BW_HARDEN)
  target_compile_definitions(bw_flags INTERFACE _FORTIFY_SOURCE=2)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  target_link_options(bw_flags INTERFACE -Wl,-z,relro,-z,now)
endif()
if(BW_SANITIZE)
  target_compile_options(bw_flags INTERFACE -fsanitize=${BW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(bw_flags INTERFACE -fsanitize=${BW_SANITIZE})
endif()
find_program(BW_LLD ld.lld)
if(BW_LLD)
  target_link_options(bw_flags INTERFACE -fuse-ld=lld)
endif()

# bw_add_library(name PREFIX prefix SOURCES … [PUBLIC …] [PRIVATE …])
# Exports an include root that holds one link, <prefix> -> this folder, and nothing else: a header of a
# library that was not linked is a missing file.
function(bw_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PREFIX" "SOURCES;PUBLIC;PRIVATE")
  add_library(${name} STATIC ${arg_SOURCES})
  set(root "${PROJECT_BINARY_DIR}/include/${name}")
  file(MAKE_DIRECTORY "${root}")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${root}/${arg_PREFIX}" SYMBOLIC)
  target_include_directories(${name} PUBLIC "${root}")
  target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} bw_flags)
  bw_precompile(${name} ${arg_PUBLIC})
endfunction()

# Precompiled headers: the Qt and standard headers nearly every file includes. One set for Core-only
# targets, a larger one for targets that link Widgets.
function(bw_precompile name)
  if(NOT BW_PCH)
    return()
  endif()
  set(headers <QString> <QByteArray> <QObject> <QVariant> <QStringList> <algorithm> <chrono> <functional>
      <memory> <optional> <variant> <vector> <tl/expected.hpp>)
  if("Qt6::Widgets" IN_LIST ARGN)
    list(APPEND headers <QWidget> <QPainter> <QAbstractItemModel>)
  endif()
  target_precompile_headers(${name} PRIVATE ${headers})
endfunction()
