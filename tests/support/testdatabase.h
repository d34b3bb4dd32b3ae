// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <QTest>

namespace turnstone {

/// A new, empty PostgreSQL database on a server that the environment names; it lives as long as this object.
///
/// Say REQUIRE_DATABASE(database) before using it: it skips the test, audibly, where the variable is not set, and fails it
/// where the server is named but cannot be used. Dropping it throws out whoever is still connected.
class TestDatabase
{
public:
    explicit TestDatabase(const char *variable = "TURNSTONE_TEST_PG_URL");
    ~TestDatabase();
    TestDatabase(const TestDatabase &) = delete;
    TestDatabase &operator=(const TestDatabase &) = delete;

    /// False where the environment names no server: a reason to skip, not to fail.
    bool isConfigured() const { return !m_serverUrl.isEmpty(); }
    QString skipReason() const;
    /// What went wrong while creating it; empty when it is there.
    QString error() const { return m_error; }

    QString name() const { return m_name; }
    /// User, password (percent-encoded), host and parameters of the server, with the name of this database.
    QString url() const { return urlOf(m_name); }
    /// The same for another database of the server.
    QString urlOf(const QString &database) const;

    /// Runs any number of statements in one go; returns the server's message, empty when all went well.
    [[nodiscard]] QString execute(const QString &sql) const;
    /// The first column of the first row, as the server writes it; null when there is none or an error.
    QString value(const QString &sql) const;

private:
    QString m_variable;
    QString m_serverUrl;
    QString m_name;
    QString m_error;
};

} // namespace turnstone

#define REQUIRE_DATABASE(database) \
    do { \
        if (!(database).isConfigured()) \
            QSKIP(qPrintable((database).skipReason())); \
        QVERIFY2((database).error().isEmpty(), qPrintable((database).error())); \
    } while (false)
