// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/sessionpool.h"
#include "models/items/tablerowsource.h"

#include <QString>

#include <memory>

/// The table "big" of a SQLite file or a PostgreSQL database, made if it is not there.
class BenchTable
{
public:
    enum class Shape {
        Games, ///< id, game, tokens, score, stamp, note; an index on game
        Uuids  ///< id; UUIDs: own (random), session (1,000 rows one after the other), chat (100 rows anywhere). SQLite only
    };

    /// `place` is a file's path or a URL.
    BenchTable(const QString &place, int rows, Shape shape = Shape::Games);
    ~BenchTable();

    turnstone::SessionPool &pool() { return *m_pool; }
    const turnstone::CatalogTable &table() const { return *m_catalog.table(QStringLiteral("big")); }
    qint64 rows() const { return m_rows; }
    double millisecondsOf(const QString &sql);

    /// Reads 400 pages all over the source and prints how long they took.
    static void measurePages(turnstone::RowSource &source, const char *title);
    static double residentMegabytes();
    static double peakMegabytes();
    static void resetPeak();
    [[noreturn]] static void die(const QString &what);

private:
    std::unique_ptr<turnstone::SessionPool> m_pool;
    turnstone::Catalog m_catalog;
    qint64 m_rows;
    bool m_dropAfter = false;
};
