// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/migration/migrationoverview.h"
#include "models/migration/migrationplan.h"
#include "models/migration/migrationrun.h"
#include "views/migrations/runfeed.h"
#include "views/migrations/stationlist.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <memory>
#include <stop_token>

class QCheckBox;
class QLabel;
class QListView;
class QListWidget;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QTabWidget;
class QTextBrowser;
class QTimer;
class QToolButton;

namespace turnstone {

class MessageBar;

/// The migrations of a database: a time line of stations, what each does and changes, drift, and running up and down to
/// a station. A run is prepared, told in a sentence with what will happen, and started by a second click.
class MigrationsPanel final : public Panel
{
    Q_OBJECT

public:
    MigrationsPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~MigrationsPanel() override;

    QString title() const override { return tr("Migrations"); }
    QString path() const override { return QStringLiteral("#migrations"); }
    QString reasonToStay() const override;
    QVariantMap saveState() const override;
    void copy(const QString &format) override;

public slots:
    void reload() override;
    void refresh() override;

private:
    // migrationspanel.cpp
    QWidget *buildTop();
    QWidget *buildBar();
    QWidget *buildPages();
    void showOverview();
    std::vector<Station> stationsOf() const;
    void showState();
    void showStation();
    void showAbout(const Station &station);
    void showSql(const Station &station);
    void showDrift();
    void showDriftMenu(const QPoint &place);
    void showPlan();
    void hidePlan();
    void chooseFolder();
    const Station *chosen() const;
    const MigrationFile *fileOf(const Station &station) const;

    // migrationjobs.cpp
    template<typename Job, typename Handler>
    void ask(bool needsWriting, Job job, Handler handler);
    void read();
    void readDrift();
    void readChanges(const Station &station);
    void prepare(bool isStamp);
    void run();
    void finish(const Result<MigrationOutcome> &outcome);
    void stamp();
    void writeRepair();
    void showProgress();
    void beginWork(const QString &text);
    void endWork();
    MigrationRequest request() const;
    bool canWrite() const;
    /// Tells why, if nothing may be written now.
    bool isRefused();
    void applyAccess();

    const PanelServices m_services;
    QString m_folder;
    std::shared_ptr<const MigrationOverview> m_overview;
    std::optional<MigrationDrift> m_drift;
    std::optional<MigrationPlan> m_plan;
    QString m_stampTo; ///< what the bar asks about, if it is no plan
    std::shared_ptr<RunFeed> m_feed;
    std::stop_source m_stop;
    std::stop_source m_readStop;
    quint64 m_generation = 0;
    int m_changesOf = -1;
    int m_task = 0;
    bool m_isRunning = false;

    StationModel *m_model;
    QTimer *m_timer;
    MessageBar *m_message;
    QLabel *m_heading;
    QLabel *m_state;
    QPushButton *m_migrate;
    QPushButton *m_stampButton;
    QToolButton *m_folderButton;
    QWidget *m_bar;
    QLabel *m_barText;
    QCheckBox *m_backup;
    QPushButton *m_go;
    QPushButton *m_cancel;
    QWidget *m_progressRow;
    QProgressBar *m_progress;
    QLabel *m_progressText;
    QPushButton *m_stopButton;
    QListView *m_list;
    QTabWidget *m_pages;
    QTextBrowser *m_about;
    QPlainTextEdit *m_up;
    QPlainTextEdit *m_down;
    QListWidget *m_changes;
    QWidget *m_driftPage;
    QListWidget *m_driftList;
    QPushButton *m_repair;
    QPlainTextEdit *m_log;
};

PanelKind migrationsPanelKind();

} // namespace turnstone
