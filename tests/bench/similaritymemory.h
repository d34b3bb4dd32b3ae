// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <cstddef>

/// Prints what a search with the copy in the folder `cache`, and building one, need of memory beside what is there before, at most:
/// pages of its own and of mapped files, measured in a process of its own each and compared with 8 bits a number.
void printMemory(const QString &table, const QString &cache, std::size_t rows, std::size_t dimension);

/// That process: this program, started by printMemory().
bool isMemoryChild(const QStringList &words);
int measureMemory(const QStringList &words);
