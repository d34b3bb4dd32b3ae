// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testfiles.h"

#include <QFile>
#include <QFileInfo>

#include <sqlite3.h>

#include <memory>

using namespace Qt::StringLiterals;

namespace turnstone {

namespace {

using DatabasePtr = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using StatementPtr = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

DatabasePtr open(const QString &path, int flags)
{
    sqlite3 *database = nullptr;
    sqlite3_open_v2(QFile::encodeName(path).constData(), &database, flags, nullptr);
    sqlite3_busy_timeout(database, 10'000);
    return {database, &sqlite3_close};
}

} // namespace

QString executeSql(const QString &path, const QString &sql)
{
    const DatabasePtr database = open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (sqlite3_errcode(database.get()) != SQLITE_OK)
        return u"%1: %2"_s.arg(path, QString::fromUtf8(sqlite3_errmsg(database.get())));
    if (sqlite3_exec(database.get(), sql.toUtf8().constData(), nullptr, nullptr, nullptr) == SQLITE_OK)
        return {};
    return u"%1: %2"_s.arg(path, QString::fromUtf8(sqlite3_errmsg(database.get())));
}

QString sqlValue(const QString &path, const QString &sql)
{
    const DatabasePtr database = open(path, SQLITE_OPEN_READONLY);
    sqlite3_stmt *prepared = nullptr;
    sqlite3_prepare_v2(database.get(), sql.toUtf8().constData(), -1, &prepared, nullptr);
    const StatementPtr statement(prepared, &sqlite3_finalize);
    if (!prepared || sqlite3_step(prepared) != SQLITE_ROW || sqlite3_column_type(prepared, 0) == SQLITE_NULL)
        return {};
    const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(prepared, 0));
    return QString::fromUtf8(text, sqlite3_column_bytes(prepared, 0));
}

QString testDataPath(const QString &name)
{
    const QString path = QStringLiteral(TURNSTONE_TEST_DATA "/") + name;
    if (!QFileInfo::exists(path))
        qFatal("The test data file %s is missing.", qPrintable(path));
    return path;
}

QByteArray testData(const QString &name)
{
    QFile file(testDataPath(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("The test data file %s cannot be read: %s", qPrintable(file.fileName()), qPrintable(file.errorString()));
    return file.readAll();
}

} // namespace turnstone
