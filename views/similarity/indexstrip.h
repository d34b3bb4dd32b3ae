// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/vectorindex.h"
#include "views/panels/panelservices.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QLabel;
class QPushButton;

namespace turnstone {

struct DatabaseContext;

/// PostgreSQL: which approximate indexes a column has, their size, whether the last search used one, their recall; makes one. Hidden elsewhere.
/// GUI thread only.
class IndexStrip final : public QWidget
{
    Q_OBJECT

public:
    IndexStrip(const PanelServices &services, const DatabaseContext &context, QWidget *parent = nullptr);
    ~IndexStrip() override;

    void setColumn(const VectorColumn &column);
    /// How the last search went; nothing: there was none that an index could have served.
    void setUsed(const std::optional<QString> &index);
    void setOptions(const SimilarityQuestion &options) { m_options = options; }

signals:
    void failed(const turnstone::Error &error);
    void noted(const QString &text);

private:
    void read();
    void show(const std::vector<VectorIndex> &indexes);
    /// Tells why, if nothing may be written now.
    bool isRefused();
    void askForIndex();
    void create(const QString &name, int m, int efConstruction);
    void watch();
    void measure();

    const PanelServices &m_services;
    const DatabaseContext &m_context;
    QLabel *m_text;
    QPushButton *m_create;
    QPushButton *m_measure;
    QTimer m_watch;
    VectorColumn m_column;
    SimilarityQuestion m_options;
    bool m_isRead = false; // what follows is known
    QString m_indexes;
    bool m_isOnlyOne = false;
    std::optional<QString> m_used; // by the last search; empty: none
    QString m_recall;
    int m_task = -1;
    std::stop_source m_stop;
};

} // namespace turnstone
