# SPDX-License-Identifier: GPL-3.0-or-later
# Fills @VERSION@ and @VERBS@ of a manual page: cmake -DTEMPLATE=… -DVERBS=… -DVERSION=… -DOUTPUT=… -P makeman.cmake
file(READ "${TEMPLATE}" page)
file(READ "${VERBS}" verbs)
string(REPLACE "@VERSION@" "${VERSION}" page "${page}")
string(REPLACE "@VERBS@" "${verbs}" page "${page}")
file(WRITE "${OUTPUT}" "${page}")
